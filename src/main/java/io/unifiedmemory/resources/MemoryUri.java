package io.unifiedmemory.resources;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The address of a memory as a resource, {@code memory://USER/KEY}: both parts percent-encoded as RFC 6570 expands a
 * simple variable, that is all but the unreserved characters of RFC 3986. Immutable.
 */
public record MemoryUri(String userId, String key) {

    /** The template of all addresses (RFC 6570). */
    public static final String TEMPLATE = "memory://{user_id}/{key}";

    private static final String SCHEME = "memory://";
    private static final String UNRESERVED = "-._~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /**
     * Reads an address. A slash that somebody has left as it is belongs to the key.
     *
     * @return null for what is no address of a memory
     */
    public static @Nullable MemoryUri parse(String uri) {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        int slash = uri.indexOf('/', SCHEME.length());
        if (slash < 0) {
            return null;
        }
        String user = decoded(uri.substring(SCHEME.length(), slash));
        String key = decoded(uri.substring(slash + 1));
        return user == null || key == null || user.isEmpty() || key.isEmpty() ? null : new MemoryUri(user, key);
    }

    @Override
    public String toString() {
        return SCHEME + encoded(userId) + "/" + encoded(key);
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            if (isUnreserved((char) unit)) {
                encoded.append((char) unit);
            } else {
                encoded.append('%').append(HEX[(unit >> 4) & 0xF]).append(HEX[unit & 0xF]);
            }
        }
        return encoded.toString();
    }

    /** Null for what is neither unreserved, a slash nor an escaped byte, and for bytes that are no UTF-8. */
    private static @Nullable String decoded(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && hex(text, i + 1) >= 0) {
                bytes.put((byte) hex(text, i + 1));
                i += 2;
            } else if (isUnreserved(c) || c == '/') {
                bytes.put((byte) c);
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The value of two hexadecimal digits; -1 when there are none. */
    private static int hex(String text, int at) {
        int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
        int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }
}
