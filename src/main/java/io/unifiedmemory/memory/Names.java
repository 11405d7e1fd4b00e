package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * What a user id and a key may be, wherever one is said: some characters (code points, as JSON Schema counts them), none
 * of them a control character, in valid Unicode. A blank is a character like another. Stateless.
 */
public final class Names {

    private Names() {}

    /** Why a text is no user id and no key, in words that follow what it is called; null when it can be one. */
    public static @Nullable String fault(String text, int maxChars) {
        String fault = unicodeFault(text);
        if (fault != null) {
            return fault;
        }
        int chars = text.codePointCount(0, text.length());
        if (chars < 1 || chars > maxChars) {
            return "must have 1 to " + maxChars + " characters, not " + chars;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return String.format(
                        "must not contain control characters, but has U+%04X at index %d", (int) text.charAt(i), i);
            }
        }
        return null;
    }

    /** Why no text of a memory can be this one, likewise. */
    public static @Nullable String unicodeFault(String text) {
        int at = unpairedSurrogate(text);
        return at < 0 ? null : "is not valid Unicode: unpaired surrogate at index " + at;
    }

    /** Where a text has half a character, which has no bytes in UTF-8; -1 when it has none. */
    public static int unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
