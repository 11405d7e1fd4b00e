package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.upstream.link.LineReader.Excess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test
    void endsLinesAtLineFeedsOnly() throws IOException {
        assertThat(lines("a\nb\r\n\nc\rd\u2028e", 100, Excess.FAIL)).containsExactly("a", "b", "", "c\rd\u2028e");
    }

    @Test
    void keepsCharactersThatArriveInPieces() throws IOException {
        InputStream oneByteAtATime = new ByteArrayInputStream("漢👩‍👧\n".getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(1, length));
            }
        };

        assertThat(new LineReader(oneByteAtATime, 100, Excess.FAIL).next()).isEqualTo("漢👩‍👧");
    }

    @Test
    void replacesMalformedBytes() throws IOException {
        InputStream bytes = new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, '\n'});

        assertThat(new LineReader(bytes, 100, Excess.FAIL).next()).isEqualTo("a\ufffd");
    }

    @Test
    void cutsOrRefusesALongLineAndGoesOnBehindIt() throws IOException {
        assertThat(lines("12345\n678\n", 4, Excess.CUT)).containsExactly("1234", "678");
        assertThat(lines("1234\n678\n", 4, Excess.FAIL)).containsExactly("1234", "678");
        assertThatThrownBy(() -> lines("12345\n", 4, Excess.FAIL)).isInstanceOf(IOException.class);
        String huge = "x".repeat(3 << 20);
        assertThat(lines(huge + "\ny\n", 4 << 20, Excess.FAIL)).containsExactly(huge, "y");
    }

    private static List<String> lines(String text, int maxBytes, Excess excess) throws IOException {
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        LineReader reader = new LineReader(in, maxBytes, excess);
        List<String> lines = new ArrayList<>();
        for (String line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }
}
