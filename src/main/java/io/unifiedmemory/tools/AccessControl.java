package io.unifiedmemory.tools;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.calls.NoBackendException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides who may call what, and about whom. It decides by what a {@link Tool} declares, before its
 * handler sees the call, so that no tool can forget to ask. No answer depends on which memories there are, so that a
 * refusal tells nothing about them. Thread-safe.
 */
public final class AccessControl {

    static final String USER_ID = "user_id";

    /** How far a restricted caller's version may be ahead of our clock: it moves the clock that stamps all writes. */
    private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final String HIDDEN = "it did not answer; whoever runs this server can see why";

    private final @Nullable String defaultUser;
    private final boolean callersDiffer;
    private final Clock clock;

    public AccessControl(ToolOptions options, Clock clock) {
        defaultUser = options.defaultUser();
        callersDiffer = options.callersDiffer();
        this.clock = clock;
    }

    /** The call as its handler may see it: about a user whom the caller may see. Throws when there is none. */
    ToolCall granted(Tool tool, ToolCall call) {
        Principal caller = call.caller();
        requireKnown(caller);
        if (!tool.readOnly() && !caller.mayWrite()) {
            throw Arguments.rejected(tool.name() + " changes memories, and this token has the scope "
                    + caller.scope().text() + "; it needs a token with the scope " + Scope.READ_WRITE.text());
        }
        if (tool.scope() == ToolScope.ALL_USERS && caller.isRestricted()) {
            throw Arguments.rejected(
                    tool.name() + " is about the memories of all users; it needs a token for all users");
        }
        requireCredibleVersions(call);
        return tool.scope() == ToolScope.ONE_USER ? aboutKnownUser(call) : call;
    }

    /** Throws when the callers are told apart and this one was not recognised: a request went past that. */
    public void requireKnown(Principal caller) {
        if (callersDiffer && caller.isLocal()) {
            throw new IllegalStateException("a call came to the tools without a caller");
        }
    }

    /** Whether a caller may call a tool, about whomever. */
    static boolean offers(Tool tool, Principal caller) {
        return (tool.readOnly() || caller.mayWrite())
                && (tool.scope() != ToolScope.ALL_USERS || !caller.isRestricted());
    }

    /**
     * The id under which the memories of a user are kept, if a caller may see that user; otherwise null, whether there
     * are such memories or not.
     *
     * @param named the user as the caller names it; null for the one whom a call without {@code user_id} is about
     */
    public @Nullable String visible(Principal caller, @Nullable String named) {
        requireKnown(caller);
        if (named == null) {
            return caller.isRestricted() ? caller.users().only() : defaultUser;
        }
        if (caller.isRestricted()) {
            String canonical = Names.canonical(named);
            return caller.users().contains(named) ? named : caller.users().contains(canonical) ? canonical : null;
        }
        return Names.canonical(named);
    }

    private ToolCall aboutKnownUser(ToolCall call) {
        Principal caller = call.caller();
        Object named = call.arguments().get(USER_ID);
        if (named == null) {
            String user = caller.isRestricted() ? caller.users().only() : defaultUser;
            return user == null ? call : call.with(USER_ID, user);
        }
        if (caller.isRestricted()
                && !(named instanceof String user && caller.users().contains(user))) {
            throw Arguments.rejected(USER_ID + " must be one that this token is for"
                    + (caller.users().only() == null ? "" : "; it may be left out"));
        }
        return call;
    }

    /** All of a call is refused, so that whoever sends it sends all again when its time has come. */
    private void requireCredibleVersions(ToolCall call) {
        if (!call.caller().isRestricted()) {
            return;
        }
        ReplicaCodec.Write one = call.elsewhere();
        List<ReplicaCodec.Write> many = call.eachElsewhere();
        boolean isCredible = (one == null || isCredible(call.caller(), one.version()))
                && (many == null || many.stream().allMatch(each -> isCredible(call.caller(), each.version())));
        if (!isCredible) {
            throw new ToolFailure(
                    Kind.UNAVAILABLE,
                    "the write's version is more than " + MAX_AHEAD.toMinutes()
                            + " minutes ahead of this server's clock; set the clock where it was made");
        }
    }

    /**
     * Whether a write that was made elsewhere may keep its version. The version moves the clock that stamps all writes, by
     * up to a day, and until real time catches up every other write from elsewhere loses against it. Only a caller who may
     * write for everybody anyway is trusted with that.
     */
    public boolean isCredible(Principal caller, HlcTimestamp version) {
        return !caller.isRestricted() || version.millis() - clock.millis() <= MAX_AHEAD.toMillis();
    }

    /** The result without the backends' own words, which may hold paths and the words of another caller. */
    static ToolResult shown(ToolResult result, Principal caller) {
        if (!caller.isRestricted() || !(result.structured().get(Fields.PROBLEMS) instanceof Map<?, ?> problems)) {
            return result;
        }
        Map<String, Object> hidden = new LinkedHashMap<>();
        problems.keySet().forEach(backend -> hidden.put(String.valueOf(backend), HIDDEN));
        return result.with(Fields.PROBLEMS, hidden);
    }

    /** The failure without the backends' own words. */
    public static ToolFailure shown(NoBackendException failure, Principal caller) {
        ToolFailure shown = new ToolFailure(
                failure.kind(),
                caller.isRestricted()
                        ? "no backend could do it; whoever runs this server can see why"
                        : String.valueOf(failure.getMessage()));
        shown.initCause(failure);
        return shown;
    }
}
