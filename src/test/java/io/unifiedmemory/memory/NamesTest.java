package io.unifiedmemory.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static final int MAX = 3;

    @ParameterizedTest
    @ValueSource(strings = {"a", "abc", " ", "   ", "🍵🍵🍵", "é", "\u00a0", "\u200b", "\ufeff", "\uffff"})
    void aNameIsAFewCharactersOfAnyKindButControls(String text) {
        assertThat(Names.fault(text, MAX)).isNull();
    }

    @Test
    void aFaultSaysWhatIsWrongAndWhere() {
        assertThat(Names.fault("", MAX)).isEqualTo("must have 1 to 3 characters, not 0");
        assertThat(Names.fault("🍵🍵🍵🍵", MAX)).isEqualTo("must have 1 to 3 characters, not 4");
        assertThat(Names.fault("a\n", MAX)).isEqualTo("must not contain control characters, but has U+000A at index 1");
        assertThat(Names.fault("\u0085", MAX))
                .isEqualTo("must not contain control characters, but has U+0085 at index 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void halfACharacterIsNone(int half) {
        String text = "a" + "🍵".charAt(half);
        assertThat(Names.fault(text, MAX)).isEqualTo("is not valid Unicode: unpaired surrogate at index 1");
        assertThat(Names.unicodeFault(text)).isEqualTo(Names.fault(text, MAX));
        assertThat(Names.fault(half == 1 ? "a🍵" : "🍵a", MAX)).isNull();
    }

    @Test
    void theOtherCasesOfANameAreTheUsualOnes() {
        assertThat(Names.otherCases("green tea")).containsExactly("GREEN TEA", "Green tea", "Green Tea");
        assertThat(Names.otherCases("Green-Tea")).containsExactly("green-tea", "GREEN-TEA", "Green-tea");
        assertThat(Names.otherCases("gREEN_tEA"))
                .hasSize(Names.MOST_CASES)
                .containsExactly("green_tea", "GREEN_TEA", "Green_tea", "Green_Tea");
        assertThat(Names.otherCases("tea")).containsExactly("TEA", "Tea");
        assertThat(Names.otherCases("A")).containsExactly("a");
        assertThat(Names.otherCases("don't")).containsExactly("DON'T", "Don't");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "_", "--__", "中文", "🍵", "1", "2026-11-26", " ", "%", "*"})
    void aNameWithoutLettersThatHaveACaseHasNoOthers(String name) {
        assertThat(Names.otherCases(name)).isEmpty();
    }

    @Test
    void otherCasesAreInTheOneFormOfNames() {
        assertThat(Names.otherCases("\u03b0")).contains("\u03ab\u0301");
    }
}
