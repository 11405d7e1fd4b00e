package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Text files as UTF-8, whatever somebody saved them as. Stateless. */
final class Utf8 {

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_MARK = 3;

    private Utf8() {}

    /** The text of a file, unpacked if it is gzipped, without a byte order mark; UTF-16 with such a mark is converted. */
    static InputStream open(Source source) throws IOException {
        InputStream in = source.open();
        try {
            return text(unpacked(in));
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static PushbackInputStream unpacked(InputStream in) throws IOException {
        CountedStream packed = new CountedStream(in, count -> {});
        PushbackInputStream peeked = new PushbackInputStream(packed, LONGEST_MARK);
        byte[] head = peek(peeked);
        boolean gzip = head.length >= 2 && (head[0] & 0xFF) == 0x1F && (head[1] & 0xFF) == 0x8B;
        if (!gzip) {
            return peeked;
        }
        InputStream unpacked = new UnpackedStream(new GZIPInputStream(peeked, BUFFER), packed::count, count -> {});
        return new PushbackInputStream(unpacked, LONGEST_MARK);
    }

    private static InputStream text(PushbackInputStream in) throws IOException {
        byte[] head = peek(in);
        if (head.length >= 3 && head[0] == (byte) 0xEF && head[1] == (byte) 0xBB && head[2] == (byte) 0xBF) {
            in.skipNBytes(3);
        } else if (head.length >= 2 && head[0] == (byte) 0xFE && head[1] == (byte) 0xFF) {
            return new Converted(in, StandardCharsets.UTF_16);
        } else if (head.length >= 2 && head[0] == (byte) 0xFF && head[1] == (byte) 0xFE) {
            return new Converted(in, StandardCharsets.UTF_16);
        }
        return in;
    }

    private static byte[] peek(PushbackInputStream in) throws IOException {
        byte[] head = in.readNBytes(LONGEST_MARK);
        in.unread(head);
        return head;
    }

    /** The text of bytes; null when they are not UTF-8. */
    static @Nullable String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** A stream of another encoding as UTF-8. Bytes that are no character there become one that UTF-8 never has. */
    private static final class Converted extends InputStream {

        private static final char LOST = '\uDC00';
        private static final byte NEVER_IN_UTF_8 = (byte) 0xFF;
        private static final int MOST_BYTES_OF_CHAR = 3;

        private final Reader reader;
        private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        private final CharBuffer chars = CharBuffer.allocate(BUFFER).limit(0);
        private final ByteBuffer bytes =
                ByteBuffer.allocate(MOST_BYTES_OF_CHAR * BUFFER).limit(0);
        private boolean ended;

        Converted(InputStream in, Charset charset) {
            reader = new InputStreamReader(
                    in,
                    charset.newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)
                            .replaceWith(String.valueOf(LOST)));
        }

        @Override
        public int read() throws IOException {
            return fill() ? bytes.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(target, offset, count);
            return count;
        }

        private boolean fill() throws IOException {
            while (!bytes.hasRemaining() && !(ended && !chars.hasRemaining())) {
                chars.compact(); // the first half of a pair may be left
                ended = reader.read(chars) < 0;
                chars.flip();
                bytes.clear();
                CoderResult result = encoder.encode(chars, bytes, ended);
                while (result.isError()) {
                    chars.position(chars.position() + result.length());
                    bytes.put(NEVER_IN_UTF_8);
                    result = encoder.encode(chars, bytes, ended);
                }
                bytes.flip();
            }
            return bytes.hasRemaining();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
