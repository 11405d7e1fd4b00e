package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tries a contract on a server that is really there, with one memory of a user of its own that is deleted at the end: what
 * whoever writes a contract needs to see. For one thread.
 */
public final class ContractTrial {

    /** Hears what happens. */
    public interface Listener {

        /** A step begins. */
        void step(String what);

        /** A tool was called; both texts are shortened. */
        void call(String tool, String arguments, String reply);

        /** The step has ended. */
        void verdict(Verdict verdict, String why);
    }

    /** How a step ended. */
    public enum Verdict {
        OK,
        /** The server does less than it could, which is no mistake of the contract. */
        NOTE,
        FAILED
    }

    private static final String USER = "unified-memory-trial";
    private static final String KEY = "a key/with a slash";
    private static final String WORD = "quandong";
    private static final int SHOWN_CHARS = 400;

    /** What servers are known to alter: blanks, quotes, line ends, what looks like markup or is not Latin. */
    private static final String VALUE =
            "The " + WORD + " grows \"here\".\n\n\n\u00FCber \uD83D\uDE00 <b>100 %</b>\r\n ";

    private final UpstreamOptions options;
    private final Listener listener;
    private final Instant now;
    private boolean failed;

    public ContractTrial(UpstreamOptions options, Listener listener, Clock clock) {
        this.options = options;
        this.listener = listener;
        this.now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Runs every step that the contract claims; returns whether none failed. */
    public boolean run() {
        try (UpstreamBackend backend = UpstreamBackend.observed(options, tools -> new Observed(tools, listener))) {
            listener.step("connect");
            backend.awaitConnection();
            BackendStatus status = backend.check();
            if (!status.up()) {
                listener.verdict(Verdict.FAILED, status.detail());
                return false;
            }
            Set<Capability> can = backend.capabilities();
            listener.verdict(
                    Verdict.OK,
                    "contract " + backend.type() + ", "
                            + (can.contains(Capability.KEEP) ? "a mirror" : "a source: it is only searched and listed")
                            + (can.contains(Capability.SEARCH) ? ", searched" : ", not searched")
                            + (can.contains(Capability.LIST) ? ", listed" : ", not listed"));
            if (can.contains(Capability.KEEP)) {
                tryMirror(backend, can);
            } else {
                tryRead("search", () -> {
                    int hits = backend.search(new SearchRequest(user(), Query.of("memory"), 3))
                            .hits()
                            .size();
                    listener.verdict(hits > 0 ? Verdict.OK : Verdict.NOTE, hits + " hits for the word memory");
                    return true;
                });
            }
        }
        return !failed;
    }

    private String user() {
        String user = options.defaultUser();
        return user == null ? USER : user;
    }

    private void tryMirror(UpstreamBackend backend, Set<Capability> can) {
        MemoryEntry first = memory(VALUE, 1);
        MemoryEntry update = memory(VALUE.toUpperCase(Locale.ROOT), 3);
        step("store", () -> backend.store(first) instanceof Lookup.Found);
        step("read it back exactly", () -> isHeld(backend, first));
        step("update it, in case only", () -> backend.store(update) instanceof Lookup.Found && isHeld(backend, update));
        step("refuse an older one", () -> {
            backend.store(memory("older", 2));
            return isHeld(backend, update);
        });
        if (can.contains(Capability.LIST)) {
            step(
                    "list",
                    () -> backend.list(new ListRequest(USER, null, 100)).entries().stream()
                            .anyMatch(update::hasContentOf));
        }
        if (can.contains(Capability.SEARCH)) {
            tryRead("search", () -> {
                boolean found = backend.search(new SearchRequest(USER, Query.of(WORD), 10)).hits().stream()
                        .anyMatch(hit -> hit.entry().key().equals(KEY));
                listener.verdict(
                        found ? Verdict.OK : Verdict.NOTE,
                        found ? "" : "it was not found: the search of this server promises less than ours");
                return true;
            });
        }
        step(
                "delete",
                () -> backend.delete(USER, KEY, version(4)).count() == 1
                        && backend.retrieve(USER, KEY).equals(Lookup.MISSING));
    }

    private MemoryEntry memory(String value, int order) {
        return new MemoryEntry(
                USER,
                KEY,
                value,
                Map.of("tags", List.of("a", 2), "nested", Map.of("b", true)),
                now,
                now,
                version(order));
    }

    private HlcTimestamp version(int order) {
        return HlcTimestamp.atMillis(now.toEpochMilli() + order);
    }

    private static boolean isHeld(UpstreamBackend backend, MemoryEntry entry) {
        return backend.retrieve(USER, KEY) instanceof Lookup.Found found
                && found.entry().hasContentOf(entry);
    }

    private void step(String what, BooleanSupplier does) {
        tryRead(what, () -> {
            boolean right = does.getAsBoolean();
            listener.verdict(right ? Verdict.OK : Verdict.FAILED, right ? "" : "it is not what was stored");
            return right;
        });
    }

    /** @param does tells the verdict unless it fails */
    private void tryRead(String what, BooleanSupplier does) {
        listener.step(what);
        try {
            failed |= !does.getAsBoolean();
        } catch (BackendException e) {
            failed = true;
            listener.verdict(Verdict.FAILED, e.describe());
        }
    }

    /** The tools of a server, with their calls told. */
    private record Observed(Tools tools, Listener listener) implements Tools {

        @Override
        public Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
            Call call = tools.send(tool, arguments, meta);
            Consumer<String> told = reply -> listener.call(tool, shortened(Json.write(arguments)), shortened(reply));
            return new Call() {
                @Override
                public ToolReply await() {
                    try {
                        ToolReply reply = call.await();
                        told.accept((reply.error() ? "error: " : "")
                                + (reply.text().isEmpty() ? Json.write(reply.json()) : reply.text()));
                        return reply;
                    } catch (BackendException e) {
                        told.accept(e.describe());
                        throw e;
                    }
                }

                @Override
                public CompletionStage<?> answered() {
                    return call.answered();
                }
            };
        }

        @Override
        public Set<String> argumentsOf(String tool) {
            return tools.argumentsOf(tool);
        }

        @Override
        public int maximumOf(String tool, String argument, int absent) {
            return tools.maximumOf(tool, argument, absent);
        }

        private static String shortened(String text) {
            return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "..." : text;
        }
    }
}
