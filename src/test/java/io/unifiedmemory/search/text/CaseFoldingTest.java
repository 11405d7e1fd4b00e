package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaseFoldingTest {

    @Test
    void whatEqualsIgnoringCaseFoldsAlike() {
        for (int codePoint = 1; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                String text = Character.toString(codePoint);
                String folded = CaseFolding.fold(text);

                assertThat(folded.codePointCount(0, folded.length())).isEqualTo(1);
                assertThat(folded).hasSameSizeAs(text);
                assertThat(CaseFolding.fold(Character.toString(Character.toUpperCase(codePoint))))
                        .isEqualTo(folded);
                assertThat(CaseFolding.fold(
                                Character.toString(Character.toLowerCase(Character.toUpperCase(codePoint)))))
                        .isEqualTo(folded);
            }
        }
        assertThat(CaseFolding.fold("\u00C4RGER \u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2 \uD801\uDC00"))
                .isEqualTo("\u00E4rger \u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3 \uD801\uDC28");
    }

    /** Every character that has cases with all of them and a hundred others; every other character is its own. */
    @Test
    void whatFoldsAlikeEqualsIgnoringCase() {
        Map<String, List<String>> byFolded = IntStream.rangeClosed(1, 0x1FFFF)
                .filter(codePoint -> Character.getType(codePoint) != Character.SURROGATE)
                .mapToObj(Character::toString)
                .collect(Collectors.groupingBy(CaseFolding::fold));
        List<String> cased = new ArrayList<>();
        List<String> different = new ArrayList<>();
        byFolded.forEach((folded, texts) -> {
            if (texts.size() > 1) {
                cased.addAll(texts);
            } else if (!texts.get(0).equals(folded)) {
                different.add(texts.get(0));
            }
        });
        Random random = new Random(1);
        for (String one : cased) {
            List<String> others = new ArrayList<>(byFolded.get(CaseFolding.fold(one)));
            random.ints(100, 0, cased.size()).mapToObj(cased::get).forEach(others::add);
            for (String other : others) {
                if (one.equalsIgnoreCase(other) != CaseFolding.fold(one).equals(CaseFolding.fold(other))) {
                    different.add(one + other);
                }
            }
        }
        assertThat(cased).hasSizeGreaterThan(2_700);
        assertThat(different).isEmpty();
    }

    @Test
    void textsFoldAsTheirCharactersDo() {
        String characters =
                "aAkK\u212A\u00DF\u1E9E\u03C3\u03C2\u03A3\u0130\u0131iI\uFFFD1 \uD801\uDC00\uD801\uDC28\uD83C\uDF75";
        int[] codePoints = characters.codePoints().toArray();
        int alike = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            StringBuilder one = new StringBuilder();
            StringBuilder other = new StringBuilder();
            for (int length = random.nextInt(8); length > 0; length--) {
                int codePoint = codePoints[random.nextInt(codePoints.length)];
                one.appendCodePoint(codePoint);
                other.appendCodePoint(
                        random.nextInt(20) == 0
                                ? codePoints[random.nextInt(codePoints.length)]
                                : random.nextBoolean()
                                        ? Character.toUpperCase(codePoint)
                                        : Character.toLowerCase(codePoint));
            }
            String folded = CaseFolding.fold(one.toString());

            assertThat(folded.equals(CaseFolding.fold(other.toString())))
                    .as("seed %d, %s and %s", seed, one, other)
                    .isEqualTo(one.toString().equalsIgnoreCase(other.toString()));
            assertThat(folded).as("seed %d", seed).hasSize(one.length());
            assertThat(CaseFolding.fold(folded)).as("seed %d", seed).isEqualTo(folded);
            alike += one.toString().equalsIgnoreCase(other.toString()) ? 1 : 0;
        }
        assertThat(alike).isBetween(1_000, 4_900);
    }

    @Test
    void whatIsFoldedStaysAsItIs() {
        String folded = "plain words, 1 or 2: \u00E4rger";

        assertThat(CaseFolding.fold(folded)).isEqualTo(folded);
        assertThat(CaseFolding.fold("plain \uD800 Words \uDC00\uD801")).isEqualTo("plain \uD800 words \uDC00\uD801");
    }

    @Test
    void variantsAreAllWaysToWriteAText() {
        assertThat(CaseFolding.variants("k")).containsExactlyInAnyOrder("k", "K", "\u212A");
        assertThat(CaseFolding.variants("S\u00E9"))
                .containsExactlyInAnyOrder("s\u00E9", "S\u00E9", "\u017F\u00E9", "s\u00C9", "S\u00C9", "\u017F\u00C9");
        assertThat(CaseFolding.variants("\uD801\uDC28")).containsExactlyInAnyOrder("\uD801\uDC28", "\uD801\uDC00");
        assertThat(CaseFolding.variants("1%")).containsExactly("1%");
    }

    @Test
    void nulIsIndexedAsAnotherCharacter() {
        assertThat(CaseFolding.fold("a\0B")).isEqualTo("a\uFFFDb");
        assertThat(CaseFolding.variants("\0")).containsExactlyInAnyOrder("\0", "\uFFFD");
    }
}
