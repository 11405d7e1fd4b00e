package io.unifiedmemory.search.text;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says with which letters the forms of a word begin, for searches in texts that were not analysed: "stud" for "studies",
 * "sing", "sang" and "sung" for "singing". It is a guess: of a few short words other forms begin otherwise ("dying"),
 * accents count, and other words may begin in the same way. Stateless.
 */
public final class WordStarts {

    /** A start is not made shorter than that. */
    private static final int SHORTEST = 3;

    /** Last letters of stems that other forms of the word lack: "happi", "hope". */
    private static final String LOST = "eiy";

    /** The forms of irregular words, by the term that they have in common; read at first use. */
    private static final class Irregular {

        private static final Map<String, List<String>> BY_TERM = IrregularForms.all().entrySet().stream()
                .flatMap(form -> List.of(form.getKey(), form.getValue()).stream())
                .distinct()
                .collect(Collectors.groupingBy(WordForms::term));
    }

    private WordStarts() {}

    /**
     * The starts of the forms of a word, case-folded.
     *
     * @param text in which the word stands
     */
    public static Set<String> of(String text, Token word) {
        Set<String> forms = new TreeSet<>(Irregular.BY_TERM.getOrDefault(word.term(), List.of()));
        forms.add(word.form());
        Set<String> starts = new LinkedHashSet<>();
        forms.forEach(form -> starts.add(start(form, word.term())));
        String written = CaseFolding.fold(text.substring(word.start(), word.end()));
        if (WordForms.normalize(written).equals(word.form())
                && written.length() == word.form().length()) {
            starts.add(written.substring(0, start(word.form(), word.term()).length()));
        } else if (Character.isDigit(word.form().charAt(0))) {
            starts.add(written);
        }
        return withoutLonger(starts);
    }

    private static String start(String form, String term) {
        int same = 0;
        while (same < Math.min(form.length(), term.length()) && form.charAt(same) == term.charAt(same)) {
            same++;
        }
        if (same < SHORTEST) {
            return form;
        }
        return same > SHORTEST && LOST.indexOf(form.charAt(same - 1)) >= 0
                ? form.substring(0, same - 1)
                : form.substring(0, same);
    }

    /** What begins with another start adds nothing to it. */
    private static Set<String> withoutLonger(Collection<String> starts) {
        return starts.stream()
                .filter(start -> starts.stream().noneMatch(other -> !other.equals(start) && start.startsWith(other)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
