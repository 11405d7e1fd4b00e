package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

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
