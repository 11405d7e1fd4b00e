package io.unifiedmemory.search.segment;

import java.util.List;

/**
 * Where the memories of one user stand in their conversations.
 *
 * @param <E> the exception with which reading fails
 */
@FunctionalInterface
public interface Conversations<E extends Exception> {

    /**
     * The places of these memories, in their order, in one round trip; memories without a conversation are left out.
     */
    List<Neighbours> neighbours(long[] ids) throws E;

    /**
     * The place of a memory in its conversation.
     *
     * @param conversation the number of the conversation
     * @param next up to two memories after it, the nearest first
     * @param previous up to two memories before it, the nearest first
     */
    record Neighbours(long id, long conversation, List<Long> next, List<Long> previous) {}
}
