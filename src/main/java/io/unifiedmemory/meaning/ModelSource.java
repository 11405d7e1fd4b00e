package io.unifiedmemory.meaning;

/** Where a model comes from. Thread-safe. */
public interface ModelSource {

    /** The name of the model, see {@link EmbeddingModel#name}. */
    String model();

    /** Whether there is a model to load now; cheap. */
    boolean isThere();

    /**
     * Makes the model ready, which may take a second.
     *
     * @throws ModelException when that fails
     */
    EmbeddingModel load();
}
