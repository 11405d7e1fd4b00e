package io.unifiedmemory.tools;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of a tool.
 *
 * @param arguments as the client sent them, not yet checked; for a tool's handler as {@link Intake} took them
 * @param meta the request's {@code _meta}, empty when there was none; holds what only another instance of this server
 *     sends, see {@link ReplicaCodec}
 * @param caller who calls, which bounds whose memories the call can be about
 * @param progress is told how far the call is
 * @param person whoever is at the client, and can be asked
 * @param client the name and version under which the caller's program introduced itself, unverified; null where it did
 *     not
 * @param unknown names of arguments that the tool does not have; empty before {@link Intake} has looked
 */
public record ToolCall(
        Map<String, Object> arguments,
        Map<String, Object> meta,
        Principal caller,
        Progress progress,
        Person person,
        @Nullable String client,
        List<String> unknown) {

    private static final int MOST_CLIENT_CHARS = 100;

    /** A call as it came from a client. */
    public ToolCall(
            Map<String, Object> arguments,
            Map<String, Object> meta,
            Principal caller,
            Progress progress,
            Person person,
            @Nullable String client) {
        this(arguments, meta, caller, progress, person, client, List.of());
    }

    /** A call whose client cannot ask anybody. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller, Progress progress) {
        this(arguments, meta, caller, progress, Person.NOBODY, null);
    }

    /** A call whose client did not ask for progress. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller) {
        this(arguments, meta, caller, Progress.NONE);
    }

    /** Whether another instance of this server calls, which wants versions and exact times. */
    boolean isOfReplica() {
        return ReplicaCodec.wantsDetail(meta);
    }

    /**
     * What another instance of this server says of a write that was made there; null for a write that is made here and
     * now.
     *
     * @throws ToolFailure when it is malformed
     */
    ReplicaCodec.@Nullable Write elsewhere() {
        try {
            ReplicaCodec.Write write = ReplicaCodec.readWrite(meta);
            if (write != null) {
                requireStorable(write);
            }
            return write;
        } catch (IllegalArgumentException e) {
            throw new ToolFailure(Kind.REJECTED, String.valueOf(e.getMessage()));
        }
    }

    private static void requireStorable(ReplicaCodec.Write write) {
        requireTimeOfMemory(write.createdAt());
        requireTimeOfMemory(write.updatedAt());
        requireTimeOfMemory(write.expiresAt());
        String fault = write.writtenBy() == null ? null : Names.unicodeFault(write.writtenBy());
        if (fault != null) {
            throw new ToolFailure(Kind.REJECTED, "written_by in _meta " + fault);
        }
    }

    /** One of the years that every part of this program can write and read. */
    private static void requireTimeOfMemory(@Nullable Instant time) {
        if (time != null && !Times.isInRange(time)) {
            throw new ToolFailure(Kind.REJECTED, "a time in _meta must be one of the years 1 to 9999, not " + time);
        }
    }

    /** Who makes this call, as the server knows: the client, and whoever was recognised; null when neither is known. */
    @Nullable
    String writer() {
        String program = client == null ? "" : Texts.shortened(printable(client), MOST_CLIENT_CHARS);
        String person = caller.isLocal() ? "" : caller.id();
        String both = program.isEmpty() || person.isEmpty() ? program + person : program + " (" + person + ")";
        return both.isEmpty() ? null : both;
    }

    /** Without what a name for people must not hold: controls, marks that reorder a line, halves of characters. */
    private static String printable(String name) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isHidden = switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> true;
                default -> false;
            };
            printable.append(isHidden ? ' ' : c);
        }
        return printable.toString().strip();
    }

    /**
     * What another instance of this server says of writes that were made there, in the order of the memories of the call; null
     * for writes that are made here and now.
     *
     * @throws ToolFailure when it is malformed
     */
    @Nullable
    List<ReplicaCodec.Write> eachElsewhere() {
        try {
            List<ReplicaCodec.Write> writes = ReplicaCodec.readWrites(meta);
            if (writes != null) {
                writes.forEach(ToolCall::requireStorable);
            }
            return writes;
        } catch (IllegalArgumentException e) {
            throw new ToolFailure(Kind.REJECTED, String.valueOf(e.getMessage()));
        }
    }

    /** The same call with other arguments. */
    ToolCall about(Map<String, Object> others) {
        return new ToolCall(others, meta, caller, progress, person, client, List.of());
    }

    /** The same call with one argument set. */
    ToolCall with(String argument, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put(argument, value);
        return new ToolCall(all, meta, caller, progress, person, client, unknown);
    }
}
