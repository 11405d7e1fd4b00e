package io.unifiedmemory.tools;

import io.unifiedmemory.memory.util.Texts;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A part of a text that a query met.
 *
 * @param start index of its first character
 * @param end index behind its last character
 */
record Span(int start, int end) {

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /** The text of a window, each span in it between {@code «} and {@code »}, whitespace narrowed to one blank. */
    static String marked(String text, Span window, List<Span> spans) {
        StringBuilder marked = new StringBuilder(window.length() + 32);
        int at = window.start;
        for (Span span : spans) {
            if (span.start >= at && span.end <= window.end) {
                marked.append(text, at, span.start).append('«');
                marked.append(text, span.start, span.end).append('»');
                at = span.end;
            }
        }
        marked.append(text, at, window.end);
        return ellipsis(text, window, BLANKS.matcher(marked).replaceAll(" ").strip());
    }

    /** The text of a window as it stands. */
    static String cut(String text, Span window) {
        return ellipsis(text, window, text.substring(window.start, window.end));
    }

    private static String ellipsis(String text, Span window, String part) {
        return (window.start > 0 ? "…" : "") + part + (window.end < text.length() ? "…" : "");
    }

    /** The window of at most that many characters that holds most of the spans, which are in order. */
    static Span window(String text, List<Span> spans, int chars) {
        if (text.length() <= chars) {
            return new Span(0, text.length());
        }
        int best = 0;
        int bestCount = 0;
        for (int first = 0, behind = 0; first < spans.size(); first++) {
            while (behind < spans.size() && spans.get(behind).end - spans.get(first).start <= chars) {
                behind++;
            }
            if (behind - first > bestCount) {
                best = first;
                bestCount = behind - first;
            }
        }
        if (bestCount == 0) {
            int start = spans.isEmpty() ? 0 : spans.get(0).start;
            return whole(text, start, chars);
        }
        int from = spans.get(best).start;
        int to = spans.get(best + bestCount - 1).end;
        int start = Math.max(0, Math.min(from - (chars - (to - from)) / 2, text.length() - chars));
        return whole(text, start, chars);
    }

    /** No parts of characters at the edges. */
    private static Span whole(String text, int start, int chars) {
        int from = Texts.boundary(text, start);
        return new Span(from, Texts.boundary(text, from + chars));
    }

    private int length() {
        return end - start;
    }
}
