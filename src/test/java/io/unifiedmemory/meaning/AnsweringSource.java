package io.unifiedmemory.meaning;

import java.util.function.Function;

/** A model, named "test", that answers whatever a test wants. */
class AnsweringSource implements ModelSource {

    private static final String NAME = "test";

    private final Function<String, float[]> answer;

    AnsweringSource(Function<String, float[]> answer) {
        this.answer = answer;
    }

    @Override
    public String model() {
        return NAME;
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public EmbeddingModel load() {
        return new EmbeddingModel() {
            @Override
            public String name() {
                return NAME;
            }

            @Override
            public float[] ofQuery(String text) {
                return answer.apply(text);
            }

            @Override
            public float[] ofPassage(String text) {
                return answer.apply(text);
            }

            @Override
            public void close() {}
        };
    }
}
