package io.unifiedmemory.tools;

import io.unifiedmemory.memory.util.Sha256;
import java.nio.ByteBuffer;
import java.util.Base64;

/** What all cursors have in common: bytes as a text that means nothing to a client. Stateless. */
final class Cursor {

    private Cursor() {}

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The bytes of a cursor; a {@link ToolFailure} for what cannot be one. */
    static ByteBuffer decode(String cursor) {
        try {
            return ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
        } catch (IllegalArgumentException e) {
            ToolFailure failure = foreign();
            failure.initCause(e);
            throw failure;
        }
    }

    static ToolFailure foreign() {
        return Arguments.rejected("cursor must be a next_cursor that this tool returned");
    }

    /** Eight bytes that stand for a text. */
    static long hash(String text) {
        return ByteBuffer.wrap(Sha256.of(text)).getLong();
    }
}
