package io.unifiedmemory.memory.spi;

import java.util.List;

/**
 * What the memories of a store mean, as vectors that a model made: one for each memory, beside it. The store keeps which of
 * them wait for theirs without any cost to a write. A vector goes with the text that it is of, in one transaction.
 * Thread-safe. Every method throws {@link io.unifiedmemory.memory.BackendException} when the store fails.
 */
public interface VectorStore {

    /**
     * A memory that waits for its vector.
     *
     * @param id what the store calls it
     */
    record Waiting(long id, String key, String value) {}

    /**
     * A vector of a memory.
     *
     * @param of the memory as it was read; if it is another now, it goes on waiting
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Vector(Waiting of, byte[] bytes) {}

    /**
     * Some of the memories that have no vector of a model.
     *
     * @param model its name; where the vectors are those of another one, every memory waits
     */
    List<Waiting> waiting(String model, int most);

    /** How many memories wait. */
    long waitingCount(String model);

    /**
     * Keeps vectors.
     *
     * @param model its name; vectors of another one go
     * @param vectors of memories that {@link #waiting} gave, the first of them and all up to a certain one
     */
    void keep(String model, List<Vector> vectors);
}
