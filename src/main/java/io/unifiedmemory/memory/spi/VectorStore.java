package io.unifiedmemory.memory.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the memories of a store mean, as vectors beside them: one for each memory and model. Each model has vectors of its
 * own, so that processes with different models on one store do not undo each other's work. The store keeps which memories
 * wait for theirs without any cost to a new memory. A vector goes with the text that it is of, in one transaction.
 * Thread-safe. Every method throws {@link io.unifiedmemory.memory.BackendException} when the store fails.
 */
public interface VectorStore {

    /** The vectors of a model that nobody has used for so long go. */
    Duration KEPT_UNUSED = Duration.ofDays(30);

    /** How long the use of a model holds before it is noted again. */
    Duration NOTED = Duration.ofDays(1);

    /**
     * A memory that waits for its vector.
     *
     * @param id what the store calls it among those of the user
     */
    record Waiting(String userId, long id, String key, String value) {}

    /**
     * A vector of a memory.
     *
     * @param of the memory as it was read; if it is another now, it goes on waiting
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Vector(Waiting of, byte[] bytes) {}

    /**
     * Says that a model is in use, and takes away vectors of models that nobody has used for {@link #KEPT_UNUSED}. Writes
     * only if the last use is longer ago than {@link #NOTED}.
     */
    void use(String model, Instant now);

    /**
     * Some of the memories that have no vector of a model. Where very many users have memories, it looks at some of them
     * at a time, so that none may be returned although there are some.
     */
    List<Waiting> waiting(String model, int most);

    /** How many memories wait; it may take as long as reading all of them. */
    long waitingCount(String model);

    /**
     * Keeps vectors of a model that is in use; those of another are dropped.
     *
     * @param vectors of memories that {@link #waiting} gave, the first of them and all up to a certain one
     */
    void keep(String model, List<Vector> vectors);

    /** Removes all vectors of a model, which is not in use any more. */
    void forget(String model);
}
