package io.unifiedmemory.http;

import io.unifiedmemory.access.ByteBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be written to one listener, in order, counted against its owner's share until the container has
 * taken it. Not thread-safe.
 */
final class UnreadEvents {

    /** An event that no client shows to anybody. */
    static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final ByteBudget budget;
    private final @Nullable String owner;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    /** What is counted: all that waits, and what the container is writing. */
    private long counted;

    private int beingWritten;

    /**
     * @param owner who reads; null when callers are not told apart
     */
    UnreadEvents(ByteBudget budget, @Nullable String owner) {
        this.budget = budget;
        this.owner = owner;
    }

    /** Adds an event; false when its owner lets more wait than its share. */
    boolean add(byte[] event) {
        if (!budget.take(owner, event.length)) {
            return false;
        }
        counted += event.length;
        waiting.add(event);
        return true;
    }

    /** Adds a comment, which no client shows to anybody and which is not counted. */
    void addComment() {
        waiting.add(COMMENT);
    }

    /** What is to be written next; null when there is nothing. Call it when the container has taken the one before. */
    byte @Nullable [] next() {
        give(beingWritten);
        byte[] next = waiting.poll();
        beingWritten = next == null || next == COMMENT ? 0 : next.length;
        return next;
    }

    /** Drops everything. */
    void clear() {
        waiting.clear();
        beingWritten = 0;
        give(counted);
    }

    private void give(long bytes) {
        counted -= bytes;
        budget.give(owner, bytes);
    }
}
