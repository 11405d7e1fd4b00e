package io.unifiedmemory.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

    private static final int[] EDGES = {
        0x20, 'A', 'a', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF
    };

    @Test
    void keysAreOrderedAsTheirUtf8BytesAre() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            String left = text(random);
            String right = random.nextInt(3) == 0 ? left + text(random) : text(random);

            assertThat(Integer.signum(KeyOrder.COMPARATOR.compare(left, right)))
                    .as("%s against %s", left, right)
                    .isEqualTo(Integer.signum(Arrays.compareUnsigned(utf8(left), utf8(right))));
        }
    }

    @Test
    void theOrderIsNotThatOfUtf16() {
        String lastOfBasicPlane = "\uFFFD";
        String firstBehindIt = "\uD800\uDC00";

        assertThat(lastOfBasicPlane.compareTo(firstBehindIt)).isPositive();
        assertThat(List.of(firstBehindIt, lastOfBasicPlane).stream().sorted(KeyOrder.COMPARATOR))
                .containsExactly(lastOfBasicPlane, firstBehindIt);
    }

    private static String text(Random random) {
        int length = random.nextInt(4);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(EDGES[random.nextInt(EDGES.length)]);
        }
        return text.toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
