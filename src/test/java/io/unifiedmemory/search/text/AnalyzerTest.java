package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.search.Query;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnalyzerTest {

    private static List<String> terms(String text) {
        return Analyzer.tokens(text).stream().map(Token::term).toList();
    }

    @Test
    void formsOfAWordHaveOneTerm() {
        assertThat(terms("photograph PHOTOGRAPHS photographed")).containsOnly("photograph");
        assertThat(terms("go went gone going")).containsOnly("go");
        assertThat(terms("child children child's")).containsOnly("child", "s");
        assertThat(terms("\u043a\u043d\u0438\u0433\u0430 \u043a\u043d\u0438\u0433\u0438"))
                .containsOnly(terms("\u043a\u043d\u0438\u0433\u0430").get(0));
    }

    @Test
    void accentsAndCaseDoNotMatter() {
        assertThat(terms("CAF\u00C9 cafe cafe\u0301")).containsOnly("cafe");
        assertThat(terms("Stra\u00DFe STRASSE")).containsOnly(terms("strasse").get(0));
        assertThat(terms("\u0401\u043b\u043a\u0430")).isEqualTo(terms("\u0435\u043b\u043a\u0430"));
    }

    @Test
    void tokensSayWhereTheyStand() {
        String text = "So: \uD83D\uDE00 Caf\u00E9s!";

        assertThat(Analyzer.tokens(text))
                .extracting(token -> text.substring(token.start(), token.end()))
                .containsExactly("So", "\uD83D\uDE00", "Caf\u00E9s");
    }

    @Test
    void whereWordsAreNotSeparatedEverySignAndPairIsAToken() {
        assertThat(terms("\u6211\u559C\u6B22\u8336")).contains("\u8336", "\u559C\u6B22", "\u6B22\u8336");
        assertThat(Query.of("\u559C\u6B22\u8336").words())
                .extracting(Token::term)
                .containsExactly("\u559C\u6B22", "\u6B22\u8336");
        assertThat(Query.of("\u8336").words()).extracting(Token::term).containsExactly("\u8336");
    }

    @Test
    void aQueryIsAboutItsRareWords() {
        Query query = Query.of("When did Ann move to her new house in May 2023?");

        assertThat(query.words()).extracting(Token::form).containsExactly("ann", "move", "new", "house", "may", "2023");
        assertThat(query.asksWhen()).isTrue();
        assertThat(query.dates()).containsExactly(new DateMention(2023, 5, 0));
        assertThat(Query.of("what would they have").words()).isEmpty();
    }

    @Test
    void datesAreReadAsPeopleWriteThem() {
        assertThat(Query.of("on 2023-05-07").dates()).containsExactly(new DateMention(2023, 5, 7));
        assertThat(Query.of("the 7th June").dates()).containsExactly(new DateMention(0, 6, 7));
        assertThat(Query.of("on June 7th, 2023").dates()).containsExactly(new DateMention(2023, 6, 7));
        assertThat(Query.of("back in 1999").dates()).containsExactly(new DateMention(1999, 0, 0));
        assertThat(Query.of("what may I do").dates()).isEmpty();
        assertThat(Query.of("en janvier").dates()).containsExactly(new DateMention(0, 1, 0));
    }

    @Test
    void wordsInsideAQueryAreWordsOfEveryTextThatContainsIt() {
        assertThat(Query.of("een teas with hon").inner()).containsExactly("tea");
        assertThat(Query.of(" tea ").inner()).containsExactly("tea");
        assertThat(Query.of("tea").inner()).isEmpty();
    }

    @Test
    void highlightsAreFormsAndLongerWords() {
        Query query = Query.of("photogr running");

        assertThat(Analyzer.tokens("Photography by a runner who ran"))
                .filteredOn(query::matches)
                .extracting(Token::form)
                .containsExactly("photography", "ran");
    }
}
