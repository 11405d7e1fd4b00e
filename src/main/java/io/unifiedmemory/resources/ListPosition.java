package io.unifiedmemory.resources;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.tools.ToolFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a list of resources goes on. Whoever reads one has to check whether its caller may see the user. Immutable.
 *
 * <p>As text: base64 of a letter, the user id, a zero byte, which no id contains, and the key.
 *
 * @param afterKey the last key that was shown; null before the first
 */
record ListPosition(String userId, @Nullable String afterKey) {

    private static final char KIND = 'r';
    private static final char END_OF_USER = '\0';

    /** Reads a position; a {@link ToolFailure} for what is none. */
    static ListPosition parse(String cursor) {
        String text;
        try {
            text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            ToolFailure failure = foreign();
            failure.initCause(e);
            throw failure;
        }
        int end = text.indexOf(END_OF_USER);
        if (end < 2 || text.charAt(0) != KIND) {
            throw foreign();
        }
        String key = text.substring(end + 1);
        return new ListPosition(Texts.whole(text.substring(1, end)), key.isEmpty() ? null : Texts.whole(key));
    }

    static ToolFailure foreign() {
        return new ToolFailure(Kind.REJECTED, "cursor must be a nextCursor that resources/list returned");
    }

    @Override
    public String toString() {
        String text = KIND + userId + END_OF_USER + (afterKey == null ? "" : afterKey);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
