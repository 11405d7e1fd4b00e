package io.unifiedmemory.search.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The names of months, and words by which people state times and ask for them. Stateless. */
public final class TimeWords {

    /** A line per month: English, German, French, Spanish, Italian, Portuguese, Dutch, Russian. */
    private static final String MONTHS = """
            january januar janvier enero gennaio janeiro januari \u044f\u043d\u0432\u0430\u0440\u044c
            february februar fevrier febrero febbraio fevereiro februari \u0444\u0435\u0432\u0440\u0430\u043b\u044c
            march marz mars marzo marco maart \u043c\u0430\u0440\u0442
            april avril abril aprile \u0430\u043f\u0440\u0435\u043b\u044c
            may mai mayo maggio maio mei \u043c\u0430\u0439
            june juni juin junio giugno junho \u0438\u044e\u043d\u044c
            july juli juillet julio luglio julho \u0438\u044e\u043b\u044c
            august aout agosto augustus \u0430\u0432\u0433\u0443\u0441\u0442
            september septembre septiembre settembre setembro \u0441\u0435\u043d\u0442\u044f\u0431\u0440\u044c
            october oktober octobre octubre ottobre outubro \u043e\u043a\u0442\u044f\u0431\u0440\u044c
            november novembre noviembre novembro \u043d\u043e\u044f\u0431\u0440\u044c
            december dezember decembre diciembre dicembre dezembro \u0434\u0435\u043a\u0430\u0431\u0440\u044c
            """;

    private static final List<String> SHORT_MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final Set<String> WHEN =
            Set.of("when", "wann", "quand", "cuando", "quando", "wanneer", "\u043a\u043e\u0433\u0434\u0430");

    private static final Set<String> TIME_EXPRESSIONS = Set.of("""
            yesterday today tonight tomorrow ago week weeks weekend month months year years day days morning evening \
            night afternoon summer winter spring autumn fall monday tuesday wednesday thursday friday saturday sunday \
            last next recently soon gestern heute morgen hier aujourd demain ayer hoy manana ieri oggi domani ontem \
            hoje amanha \u0432\u0447\u0435\u0440\u0430 \u0441\u0435\u0433\u043e\u0434\u043d\u044f \
            \u0437\u0430\u0432\u0442\u0440\u0430\
            """.split(" "));

    private static final Map<String, Integer> MONTH_BY_TERM = new HashMap<>();
    private static final Set<String> TIME_TERMS = new HashSet<>();

    static {
        List<String> lines = MONTHS.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            int month = i + 1;
            Stream.of(lines.get(i).split(" ")).forEach(name -> MONTH_BY_TERM.put(WordForms.term(name), month));
        }
        TIME_EXPRESSIONS.forEach(word -> TIME_TERMS.add(WordForms.term(word)));
    }

    private TimeWords() {}

    /** The month from 1 to 12, or 0 when the token is not the name of a month. */
    static int month(Token token) {
        return MONTH_BY_TERM.getOrDefault(token.term(), 0);
    }

    /**
     * The month from 1 to 12, or 0 when the token is not the short name of one; a short name that is also a word needs
     * a number next to it.
     */
    static int shortMonth(Token token) {
        return SHORT_MONTHS.indexOf(token.form().equals("sept") ? "sep" : token.form()) + 1;
    }

    /** Whether the token asks for a time. */
    public static boolean isWhen(Token token) {
        return WHEN.contains(token.form());
    }

    /** Whether the token is part of a time expression. */
    static boolean isTimeExpression(Token token) {
        return TIME_TERMS.contains(token.term()) || month(token) > 0 || isYear(token.form());
    }

    /** Whether the text is a year from 1900 to 2099. */
    static boolean isYear(String form) {
        return form.length() == 4
                && (form.startsWith("19") || form.startsWith("20"))
                && Character.isDigit(form.charAt(2))
                && Character.isDigit(form.charAt(3));
    }
}
