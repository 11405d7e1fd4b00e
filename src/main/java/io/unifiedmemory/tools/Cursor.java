package io.unifiedmemory.tools;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a page ended, as a text that means nothing to a client. */
final class Cursor {

    private Cursor() {}

    /** @param kind which tool the cursor belongs to, one character */
    static String encode(char kind, String position) {
        byte[] bytes = (kind + position).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The position in a cursor of this kind; a {@link ToolFailure} for anything else. */
    static String decode(char kind, String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.length() > 1 && text.charAt(0) == kind) {
                return text.substring(1);
            }
        } catch (IllegalArgumentException e) {
            throw foreign(e);
        }
        throw foreign(null);
    }

    static ToolFailure foreign(@Nullable Throwable cause) {
        ToolFailure failure = Arguments.rejected("cursor must be a next_cursor that this tool returned");
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
