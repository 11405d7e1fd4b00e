package io.unifiedmemory.tools;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
