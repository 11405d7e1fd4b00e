package io.unifiedmemory.meaning;

/**
 * Turns texts into vectors: the more alike two texts are in meaning, the larger the product of their vectors.
 * Thread-safe; not used any more once it is closed.
 */
public interface EmbeddingModel extends AutoCloseable {

    /** The identity of the model: vectors of models with different names cannot be compared. */
    String name();

    /**
     * The vector of a question, of length 1.
     *
     * @throws ModelException when the model cannot say
     */
    float[] ofQuery(String text);

    /**
     * The vector of a text of any length, of length 1 or less.
     *
     * @throws ModelException when the model cannot say
     */
    float[] ofPassage(String text);

    @Override
    void close();
}
