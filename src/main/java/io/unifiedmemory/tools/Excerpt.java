package io.unifiedmemory.tools;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;

/** How much of a long text fits into a reply. Stateless. */
final class Excerpt {

    /** Characters of a reply around its memories. */
    private static final int FRAME = 2000;

    private Excerpt() {}

    /** How much of a reply the memories in it may take. */
    static int room(int maxReplyChars) {
        return Math.max(maxReplyChars - FRAME, maxReplyChars / 2);
    }

    /**
     * The beginning of a text, not empty unless the text is.
     *
     * @param maxChars its longest length
     * @param maxJsonChars the longest length of its JSON, escapes included
     */
    static String of(String text, int maxChars, int maxJsonChars) {
        int most = Math.min(text.length(), Math.min(maxChars, maxJsonChars));
        String part = Texts.cut(text, most);
        for (long length = Json.length(part); length > maxJsonChars && most > 1; length = Json.length(part)) {
            most = Math.max(1, Math.min(most - 1, (int) (most * (long) maxJsonChars / length)));
            part = Texts.cut(text, most);
        }
        return part.isEmpty() && !text.isEmpty() ? text.substring(0, text.offsetByCodePoints(0, 1)) : part;
    }
}
