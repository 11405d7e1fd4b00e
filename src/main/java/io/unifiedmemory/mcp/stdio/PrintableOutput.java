package io.unifiedmemory.mcp.stdio;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Makes output in UTF-8 safe for a terminal or a log: text of other programs cannot control the terminal, fake a line,
 * or reverse the order of its surroundings. Control characters and direction marks are written as their numbers, in the
 * form that is also valid within JSON. Line ends and tabs stay. Thread-safe.
 */
final class PrintableOutput extends FilterOutputStream {

    private static final int DELETE = 0x7F;
    private static final int LAST_C1 = 0x9F;

    /** The first bytes of escaped characters, those of three bytes first. */
    private static final int LEAD_OF_THREE = 0xE2;

    private static final int LEAD_OF_C1 = 0xC2;
    private static final int LEAD_OF_ARABIC_MARK = 0xD8;
    private static final int FIRST_CONTINUATION = 0x80;
    private static final int LAST_CONTINUATION = 0xBF;

    /** The bytes of an incomplete character that may have to be escaped. */
    private final byte[] begun = new byte[3];

    private int begunBytes;
    /** Whether the last byte was a carriage return, which is part of a line end if a line feed follows. */
    private boolean carriageReturn;

    PrintableOutput(OutputStream out) {
        super(out);
    }

    @Override
    public synchronized void write(int octet) throws IOException {
        int next = octet & 0xFF;
        if (carriageReturn) {
            carriageReturn = false;
            if (next == '\n') {
                out.write('\r');
            } else {
                escape('\r');
            }
        }
        if (begunBytes > 0) {
            goOn(next);
        } else if (next == LEAD_OF_C1 || next == LEAD_OF_ARABIC_MARK || next == LEAD_OF_THREE) {
            begun[begunBytes++] = (byte) next;
        } else if (next == '\r') {
            carriageReturn = true;
        } else if ((next < ' ' && next != '\n' && next != '\t') || next == DELETE) {
            escape(next);
        } else {
            out.write(next);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    private void goOn(int next) throws IOException {
        if (next < FIRST_CONTINUATION || next > LAST_CONTINUATION) {
            pass();
            write(next);
            return;
        }
        begun[begunBytes++] = (byte) next;
        if (begunBytes == (begun[0] == (byte) LEAD_OF_THREE ? 3 : 2)) {
            int codePoint = new String(begun, 0, begunBytes, StandardCharsets.UTF_8).codePointAt(0);
            if (isCommand(codePoint)) {
                begunBytes = 0;
                escape(codePoint);
            } else {
                pass();
            }
        }
    }

    private void pass() throws IOException {
        out.write(begun, 0, begunBytes);
        begunBytes = 0;
    }

    /**
     * Whether a character is a C1 control, a direction mark (isolating and embedding ones included), or a line or
     * paragraph separator.
     */
    private static boolean isCommand(int codePoint) {
        return codePoint <= LAST_C1
                || codePoint == 0x061C
                || codePoint == 0x200E
                || codePoint == 0x200F
                || (codePoint >= 0x2028 && codePoint <= 0x202E)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }

    private void escape(int codePoint) throws IOException {
        out.write(String.format("\\u%04x", codePoint).getBytes(StandardCharsets.US_ASCII));
    }
}
