package io.unifiedmemory.tools;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a listing goes on, and how many memories there were when it began: counting them for each page would cost more
 * than the page. Bound to the user. Immutable.
 *
 * <p>As text: base64 of a letter, eight bytes that stand for the user, eight of the total, and the key in UTF-8.
 *
 * @param afterKey the last key that was shown
 */
record ListCursor(String userId, long total, String afterKey) {

    private static final byte KIND = 'l';
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    /** Reads a cursor; a {@link ToolFailure} unless a listing of this user's memories has returned it. */
    static ListCursor parse(String text, String userId) {
        ByteBuffer bytes = Cursor.decode(text);
        if (bytes.remaining() <= HEADER_BYTES || bytes.get() != KIND) {
            throw Cursor.foreign();
        }
        if (bytes.getLong() != Cursor.hash(userId)) {
            throw Arguments.rejected(
                    "cursor belongs to another user: repeat user_id exactly as in the call that returned"
                            + " it, or leave cursor out to list anew");
        }
        long total = bytes.getLong();
        if (total < 0) {
            throw Cursor.foreign();
        }
        return new ListCursor(
                userId, total, StandardCharsets.UTF_8.decode(bytes).toString());
    }

    @Override
    public String toString() {
        byte[] key = afterKey.getBytes(StandardCharsets.UTF_8);
        return Cursor.encode(ByteBuffer.allocate(HEADER_BYTES + key.length)
                .put(KIND)
                .putLong(Cursor.hash(userId))
                .putLong(total)
                .put(key)
                .array());
    }
}
