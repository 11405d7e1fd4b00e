package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Revision.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a list of revisions goes on. Bound to the user and the key that were asked for. Stateless.
 *
 * <p>As text: base64 of a letter, eight bytes that stand for user and key, eight of the time at which the last revision
 * ended, four of its number, and its key in UTF-8.
 */
final class HistoryCursor {

    private static final byte KIND = 'h';
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES + Integer.BYTES;

    private HistoryCursor() {}

    /** Reads a cursor; a {@link ToolFailure} unless a list of the same revisions has returned it. */
    static Position parse(String text, String userId, @Nullable String key) {
        ByteBuffer bytes = Cursor.decode(text);
        if (bytes.remaining() <= HEADER_BYTES || bytes.get() != KIND) {
            throw Cursor.foreign();
        }
        if (bytes.getLong() != subject(userId, key)) {
            throw Arguments.rejected(
                    "cursor belongs to another user or key: repeat user_id and key exactly as in the call"
                            + " that returned it, or leave cursor out to begin anew");
        }
        Instant endedAt = Instant.ofEpochMilli(bytes.getLong());
        int number = bytes.getInt();
        return new Position(endedAt, StandardCharsets.UTF_8.decode(bytes).toString(), number);
    }

    static String of(Position last, String userId, @Nullable String key) {
        byte[] name = last.key().getBytes(StandardCharsets.UTF_8);
        return Cursor.encode(ByteBuffer.allocate(HEADER_BYTES + name.length)
                .put(KIND)
                .putLong(subject(userId, key))
                .putLong(last.endedAt().toEpochMilli())
                .putInt(last.number())
                .put(name)
                .array());
    }

    private static long subject(String userId, @Nullable String key) {
        return Cursor.hash(userId + "\n" + (key == null ? "" : key));
    }
}
