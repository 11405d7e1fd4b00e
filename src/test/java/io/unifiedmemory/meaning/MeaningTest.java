package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.unifiedmemory.search.meaning.QueryMeaning;
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
    private class Source implements ModelSource {

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
    void theModelIsLoadedBesideTheFirstSearchWhichDoesWithoutAndSaysSo() throws Exception {
        try (Meaning meaning = new Meaning(TestAddOn.installed(), LONG)) {
            QueryMeaning first = meaning.of("green tea");
            assertThat(first.vector()).isNull();
            assertThat(first.problem()).contains("still being loaded");
            meaning.await();
            QueryMeaning second = meaning.of("green tea");
            assertThat(Objects.requireNonNull(second.vector()).model()).isEqualTo(AddOn.MODEL);
            assertThat(second.problem()).isNull();
        }
    }

    @Test
    void theOnlySearchOfAProcessCanWaitForTheModel() {
        try (Meaning meaning = new Meaning(TestAddOn.installed(), LONG, LONG)) {
            assertThat(meaning.of("green tea").vector()).isNotNull();
        }
    }

    @Test
    void aModelThatHangsCostsOneSearchItsPatienceAndTheNextNothing() throws Exception {
        try (Meaning meaning = new Meaning(new Source(text -> hang()), Duration.ofMillis(50))) {
            meaning.await();
            assertThat(meaning.of("first").problem()).contains("took too long");
            assertThat(meaning.trouble()).contains("longer than 50 ms").contains("search.meaningPatienceMs");
            assertThat(meaning.of("second").problem()).contains("does not work now");
            assertThat(asked).as("the second search does not ask").hasValue(1);
        }
    }

    @Test
    void aModelThatHangsWhileItIsLoadedHoldsNoSearchUp() {
        ModelSource source = new Source(text -> new float[] {1}) {
            @Override
            public EmbeddingModel load() {
                hang();
                return super.load();
            }
        };
        try (Meaning meaning = new Meaning(source, LONG, Duration.ofMillis(50))) {
            assertThat(meaning.of("first").problem()).contains("still being loaded");
            assertThat(meaning.of("second").problem()).contains("still being loaded");
        }
    }

    @Test
    void aModelThatFailsIsLeftAloneForAWhileAndItsTroubleIsKnown() throws Exception {
        try (Meaning meaning = new Meaning(
                new Source(text -> {
                    throw new ModelException("out of order (repair it)");
                }),
                LONG)) {
            meaning.await();
            assertThat(meaning.trouble()).isNull();
            assertThat(meaning.of("first").problem()).contains("failed");
            assertThat(meaning.trouble()).isEqualTo("out of order (repair it)");
            assertThat(meaning.of("second").vector()).isNull();
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void anErrorOfTheRuntimeIsAFailureToo() throws Exception {
        try (Meaning meaning = new Meaning(
                new Source(text -> {
                    throw new UnsatisfiedLinkError("no library");
                }),
                LONG)) {
            meaning.await();
            assertThat(meaning.of("first").vector()).isNull();
            assertThat(meaning.trouble()).contains("no library").contains("model install");
        }
    }

    @Test
    void aModelThatCannotBeLoadedIsTriedAgainLater() {
        AtomicInteger loads = new AtomicInteger();
        ModelSource source = new Source(text -> new float[] {1}) {
            @Override
            public EmbeddingModel load() {
                if (loads.incrementAndGet() == 1) {
                    throw new ModelException("no file (install it anew)");
                }
                return super.load();
            }
        };
        try (Meaning meaning = new Meaning(source, LONG, LONG)) {
            assertThat(meaning.of("first").problem()).contains("failed");
            assertThat(meaning.trouble()).isEqualTo("no file (install it anew)");
            assertThatCode(meaning::await).as("who waits for it tries again").doesNotThrowAnyException();
            assertThat(meaning.of("second").vector()).isNotNull();
            assertThat(meaning.trouble()).isNull();
        }
    }

    @Test
    void whereNoModelIsInstalledNothingIsLoadedOrSaid() {
        try (Meaning meaning = new Meaning(new AddOn(Path.of("nowhere")), LONG)) {
            assertThat(meaning.of("first")).isEqualTo(QueryMeaning.UNKNOWN);
            assertThat(meaning.trouble()).isNull();
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
