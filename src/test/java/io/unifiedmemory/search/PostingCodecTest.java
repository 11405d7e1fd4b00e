package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HexFormat;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostingCodecTest {

    /** Files have these bytes: whoever changes one has to bring the old files along. */
    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "0, 00",
        "1, 01",
        "127, 7f",
        "128, 8001",
        "300, ac02",
        "1 2 3, 010101",
        "5 132 133 16517 16518, 057f0180800101",
        "1000000 1000000000000, c0843dc09bd7a48d1d",
        "9223372036854775807, ffffffffffffffff7f"
    })
    void theBytesInTheFileStayAsTheyAre(String numbers, String bytes) {
        long[] list = numbers.isEmpty()
                ? new long[0]
                : Stream.of(numbers.split(" ", -1)).mapToLong(Long::parseLong).toArray();

        assertThat(HexFormat.of().formatHex(PostingCodec.write(list))).isEqualTo(bytes);
        assertThat(PostingCodec.read(HexFormat.of().parseHex(bytes))).isEqualTo(list);
    }

    @Test
    void everyListIsReadAsItWasWritten() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            long[] list = array(numbers(random, 1L << (1 + random.nextInt(62))));

            assertThat(PostingCodec.read(PostingCodec.write(list)))
                    .as("seed %d", seed)
                    .isEqualTo(list);
        }
    }

    @Test
    void listsAreCombinedAsSetsAre() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            SortedSet<Long> a = numbers(random, 1 + random.nextInt(80));
            SortedSet<Long> b = numbers(random, 1 + random.nextInt(80));
            TreeSet<Long> union = new TreeSet<>(a);
            union.addAll(b);
            TreeSet<Long> intersection = new TreeSet<>(a);
            intersection.retainAll(b);
            TreeSet<Long> difference = new TreeSet<>(a);
            difference.removeAll(b);

            assertThat(PostingCodec.union(array(a), array(b)))
                    .as("seed %d", seed)
                    .isEqualTo(array(union));
            assertThat(PostingCodec.intersection(array(a), array(b)))
                    .as("seed %d", seed)
                    .isEqualTo(array(intersection));
            assertThat(PostingCodec.difference(array(a), array(b)))
                    .as("seed %d", seed)
                    .isEqualTo(array(difference));
        }
    }

    private static SortedSet<Long> numbers(Random random, long below) {
        TreeSet<Long> numbers = new TreeSet<>();
        for (int count = random.nextInt(40); count > 0; count--) {
            numbers.add(Math.floorMod(random.nextLong(), below));
        }
        return numbers;
    }

    private static long[] array(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
