package io.unifiedmemory.meaning;

/** The network of a model, without its tokenizer. Thread-safe. */
public interface SentenceEncoder extends AutoCloseable {

    /**
     * The mean of what the network says of each token.
     *
     * @param tokens the numbers of the tokens, with those that mark beginning and end; up to 512
     * @throws ModelException when the network fails
     */
    float[] encode(long[] tokens);

    @Override
    void close();
}
