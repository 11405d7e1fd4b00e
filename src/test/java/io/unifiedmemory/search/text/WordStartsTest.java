package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordStartsTest {

    @ParameterizedTest
    @CsvSource({
        "studies, study studying studied",
        "happy, happiness happily",
        "hoping, hope hoped hopes",
        "singing, sing sang sung singer",
        "made, make makes making",
        "left, leave leaving",
        "Müllers, Müller MÜLLER Muller",
        "cafés, café Cafe",
        "1.299, 1.299",
        "喜欢, 我喜欢茶",
        "книга, книги Книгу"
    })
    void everyFormBeginsWithOneOfTheStarts(String word, String forms) {
        List<Token> tokens = Analyzer.tokens(word);
        Token last = tokens.get(tokens.size() - 1);
        for (String form : forms.split(" ", -1)) {
            assertThat(WordStarts.of(word, last))
                    .as(form)
                    .anyMatch(start -> CaseFolding.fold(form).contains(start));
        }
    }

    @Test
    void aNumberIsLookedForAsItIsWritten() {
        String text = "call +49 170 1234567";

        assertThat(WordStarts.of(text, Numbers.of(text).get(0))).contains("+49 170 1234567");
    }

    @Test
    void wordsBeginWithNoMoreThanNeeded() {
        assertThat(WordStarts.of("garden", Analyzer.tokens("garden").get(0))).containsExactly("garden");
        assertThat(WordStarts.of("tea", Analyzer.tokens("tea").get(0))).containsExactly("tea");
    }
}
