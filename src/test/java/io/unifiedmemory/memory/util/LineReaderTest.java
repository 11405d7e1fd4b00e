package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.util.LineReader.Excess;
import io.unifiedmemory.memory.util.LineReader.LineTooLongException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LineReaderTest {

    @Test
    void bytesAreReadAsTheyAreTheLastLineWithoutANewline() throws IOException {
        LineReader reader = reader("one\n\ntwo\r\nhalf", 100, Excess.SKIP);
        assertThat(bytes(reader)).isEqualTo("one");
        assertThat(bytes(reader)).isEmpty();
        assertThat(bytes(reader)).isEqualTo("two\r");
        assertThat(bytes(reader)).isEqualTo("half");
        assertThat(bytes(reader)).isNull();
    }

    @Test
    void textEndsAtLineFeedsOnlyAndLosesItsCarriageReturn() throws IOException {
        assertThat(texts("a\nb\r\n\nc\rd\u2028e", 100, Excess.FAIL)).containsExactly("a", "b", "", "c\rd\u2028e");
    }

    @Test
    void emptyInputHasNoLine() throws IOException {
        assertThat(reader("", 100, Excess.SKIP).next()).isNull();
        assertThat(reader("", 100, Excess.SKIP).nextText()).isNull();
    }

    @Test
    void malformedBytesAreReplacedInTexts() throws IOException {
        InputStream in = new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, '\n'});
        assertThat(new LineReader(in, 100, Excess.FAIL).nextText()).isEqualTo("a\ufffd");
    }

    @Test
    void charactersThatArriveInPiecesAreKept() throws IOException {
        InputStream in = inPieces("漢👩‍👧\n".getBytes(StandardCharsets.UTF_8), new Random(1), 1);
        assertThat(new LineReader(in, 100, Excess.FAIL).nextText()).isEqualTo("漢👩‍👧");
    }

    @Test
    void aLongLineIsCut() throws IOException {
        assertThat(texts("12345\n678\n123456", 4, Excess.CUT)).containsExactly("1234", "678", "1234");
        String huge = "x".repeat(3 << 20);
        assertThat(texts(huge + "\ny\n", 1 << 20, Excess.CUT)).containsExactly("x".repeat(1 << 20), "y");
    }

    @Test
    void aLongLineIsSkippedAndTheNextIsRead() throws IOException {
        LineReader reader = reader("12345\n123456\nnext\n1234567", 5, Excess.SKIP);
        assertThat(bytes(reader)).isEqualTo("12345");
        assertThatThrownBy(reader::next)
                .isInstanceOf(LineTooLongException.class)
                .hasMessage("a line is longer than 5 bytes");
        assertThat(bytes(reader)).isEqualTo("next");
        assertThatThrownBy(reader::next).isInstanceOf(LineTooLongException.class);
        assertThat(reader.next()).isNull();
    }

    @Test
    void aLineFarAboveTheBoundIsSkippedToo() throws IOException {
        LineReader reader = reader("x".repeat(1_000_000) + "\nnext\n", 200_000, Excess.SKIP);
        assertThatThrownBy(reader::next).isInstanceOf(LineTooLongException.class);
        assertThat(bytes(reader)).isEqualTo("next");
    }

    @Test
    void aLongLineFailsBeforeItEnds() throws IOException {
        assertThat(texts("1234\n678\n", 4, Excess.FAIL)).containsExactly("1234", "678");
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        LineReader reader = new LineReader(endless, 1_000_000, Excess.FAIL);
        assertThatThrownBy(reader::next).isInstanceOf(LineTooLongException.class);
    }

    @ParameterizedTest
    @EnumSource
    void linesOfAnyLengthSurviveReadsOfAnySize(Excess excess) throws IOException {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add("é".repeat(random.nextInt(i % 50 == 0 ? 700_000 : 2000)) + i);
        }
        byte[] all = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        List<String> read = new ArrayList<>();
        LineReader reader = new LineReader(inPieces(all, random, 3000), 2_000_000, excess);
        for (String line = reader.nextText(); line != null; line = reader.nextText()) {
            read.add(line);
        }
        assertThat(read).isEqualTo(lines);
    }

    private static InputStream inPieces(byte[] bytes, Random random, int most) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1 + random.nextInt(most)));
            }
        };
    }

    private static LineReader reader(String input, int maxBytes, Excess excess) {
        return new LineReader(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), maxBytes, excess);
    }

    private static @Nullable String bytes(LineReader reader) throws IOException {
        byte[] line = reader.next();
        return line == null ? null : new String(line, StandardCharsets.UTF_8);
    }

    private static List<String> texts(String input, int maxBytes, Excess excess) throws IOException {
        LineReader reader = reader(input, maxBytes, excess);
        List<String> lines = new ArrayList<>();
        for (String line = reader.nextText(); line != null; line = reader.nextText()) {
            lines.add(line);
        }
        return lines;
    }
}
