package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.search.meaning.QueryVector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A search never waits longer than its patience for a model, and never fails with it. */
class MeaningTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    /** A model as bad as the test wants it; the latch is not counted down before the test ends. */
    private final class Source implements ModelSource {

        private final Function<String, float[]> answer;

        Source(Function<String, float[]> answer) {
            this.answer = answer;
        }

        @Override
        public String model() {
            return "test";
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
                    return model();
                }

                @Override
                public float[] ofQuery(String text) {
                    asked.incrementAndGet();
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

    @AfterEach
    void release() {
        end.countDown();
    }

    @Test
    void theModelIsLoadedBesideTheFirstSearchWhichDoesWithout() {
        try (Meaning meaning = new Meaning(TestAddOn.installed(), LONG)) {
            assertThat(meaning.state()).isEqualTo(Meaning.State.UNUSED);
            assertThat(meaning.of("green tea")).isNull();
            meaning.await();
            QueryVector vector = meaning.of("green tea");
            assertThat(Objects.requireNonNull(vector).model()).isEqualTo(AddOn.MODEL);
            assertThat(meaning.state()).isEqualTo(Meaning.State.READY);
        }
    }

    @Test
    void aModelThatHangsCostsOneSearchItsPatienceAndTheNextNothing() {
        try (Meaning meaning = new Meaning(new Source(text -> hang()), Duration.ofMillis(50))) {
            meaning.await();
            assertThat(meaning.of("first")).isNull();
            assertThat(meaning.state()).isEqualTo(Meaning.State.FAILED);
            assertThat(meaning.trouble()).contains("longer than 50 ms");
            assertThat(meaning.of("second")).isNull();
            assertThat(asked).as("the second search does not ask").hasValue(1);
        }
    }

    @Test
    void aModelThatFailsIsLeftAloneForAWhile() {
        try (Meaning meaning = new Meaning(
                new Source(text -> {
                    throw new ModelException("out of order");
                }),
                LONG)) {
            meaning.await();
            assertThat(meaning.of("first")).isNull();
            assertThat(meaning.trouble()).contains("out of order");
            assertThat(meaning.of("second")).isNull();
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void anErrorOfTheRuntimeIsAFailureToo() {
        try (Meaning meaning = new Meaning(
                new Source(text -> {
                    throw new UnsatisfiedLinkError("no library");
                }),
                LONG)) {
            meaning.await();
            assertThat(meaning.of("first")).isNull();
            assertThat(meaning.trouble()).contains("no library");
        }
    }

    @Test
    void whereNoModelIsInstalledNothingIsLoaded() {
        try (Meaning meaning = new Meaning(new AddOn(Path.of("nowhere")), LONG)) {
            assertThat(meaning.of("first")).isNull();
            assertThat(meaning.state()).isEqualTo(Meaning.State.ABSENT);
        }
    }

    private float[] hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new float[0];
    }
}
