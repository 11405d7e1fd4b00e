package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordFormsTest {

    private static final int THREADS = 8;

    @Test
    void howeverManyThreadsSearchTheyKeepOneBoundedSetOfWords() throws Exception {
        List<String> words =
                IntStream.range(0, 20_000).mapToObj(i -> "walking" + letters(i)).toList();
        List<String> expected = words.stream().map(WordForms::term).toList();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier begin = new CyclicBarrier(THREADS);
            Callable<List<String>> all = () -> {
                begin.await();
                return words.stream().map(WordForms::term).toList();
            };
            for (Future<List<String>> terms : threads.invokeAll(Collections.nCopies(THREADS, all))) {
                assertThat(terms.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(WordForms.kept()).isPositive().isLessThanOrEqualTo(8_192 + THREADS);
    }

    private static String letters(int number) {
        StringBuilder letters = new StringBuilder();
        for (int rest = number; letters.length() < 4; rest /= 26) {
            letters.append((char) ('a' + rest % 26));
        }
        return letters + "ings";
    }
}
