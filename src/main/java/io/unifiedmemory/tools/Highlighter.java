package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shows where a memory meets a query: where the whole of it stands, and the words in any of their forms. A hit that was
 * found by other means, a typo or another server's own search, may have no such place. Immutable.
 */
final class Highlighter {

    /** Characters: a longer value gets a snippet. */
    private static final int SHORT = 240;

    private static final int SNIPPET = 200;
    private static final int MOST_FIELDS = 20;
    private static final int MOST_WORDS = 8;
    private static final int LONGEST_WORD = 80;
    private static final int MOST_SPANS = 200;

    /** Of a longer text only the beginning is looked at word by word. */
    private static final int MOST_ANALYZED = 100_000;

    private final Query query;

    Highlighter(Query query) {
        this.query = query;
    }

    /**
     * What the result says of a hit: the fields that met the query, the words there, of a long value a snippet.
     *
     * @param inValue the {@link #spans} of the memory's value, which its caller needs too
     */
    Map<String, Object> matched(MemoryEntry entry, List<Span> inValue) {
        List<String> fields = new ArrayList<>();
        Set<String> words = new LinkedHashSet<>();
        note("key", entry.key(), spans(entry.key()), fields, words);
        note("value", entry.value(), inValue, fields, words);
        entry.metadata().forEach((name, value) -> {
            String text = value instanceof String string ? string : Json.write(value);
            note("metadata." + Texts.shortened(name, LONGEST_WORD), text, spans(text), fields, words);
        });
        Map<String, Object> matched = new LinkedHashMap<>();
        matched.put("fields", fields.stream().limit(MOST_FIELDS).toList());
        matched.put("words", words.stream().limit(MOST_WORDS).toList());
        if (entry.value().length() > SHORT && !inValue.isEmpty()) {
            Span window = Span.window(entry.value(), inValue, SNIPPET);
            matched.put("snippet", Span.marked(entry.value(), window, inValue));
        }
        return matched;
    }

    private static void note(String field, String text, List<Span> spans, List<String> fields, Set<String> words) {
        if (!spans.isEmpty()) {
            fields.add(field);
            for (Span span : spans) {
                words.add(Texts.cut(text.substring(span.start(), span.end()), LONGEST_WORD));
            }
        }
    }

    /** The places in a text, in their order, none within another. */
    List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        String folded = CaseFolding.fold(text);
        String whole = query.folded().strip();
        if (folded.length() == text.length() && !whole.isEmpty()) {
            int at = folded.indexOf(whole);
            while (at >= 0 && spans.size() < MOST_SPANS) {
                spans.add(new Span(at, at + whole.length()));
                at = folded.indexOf(whole, at + whole.length());
            }
        }
        for (Token token : Analyzer.tokens(Texts.cut(text, MOST_ANALYZED))) {
            if (spans.size() < 2 * MOST_SPANS && query.matches(token)) {
                spans.add(new Span(token.start(), token.end()));
            }
        }
        return merged(spans);
    }

    private static List<Span> merged(List<Span> spans) {
        spans.sort((one, other) -> Integer.compare(one.start(), other.start()));
        List<Span> merged = new ArrayList<>();
        for (Span span : spans) {
            Span last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last == null || span.start() >= last.end()) {
                merged.add(span);
            } else if (span.end() > last.end()) {
                merged.set(merged.size() - 1, new Span(last.start(), span.end()));
            }
        }
        return merged;
    }
}
