package io.unifiedmemory.mcp.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.mcp.stdio.MessageReader.MessageTooLongException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageReaderTest {

    @Test
    void readsLinesTheLastOneWithoutANewline() throws IOException {
        MessageReader reader = reader("one\n\ntwo\r\nhalf", 100);
        assertThat(text(reader)).isEqualTo("one");
        assertThat(text(reader)).isEmpty();
        assertThat(text(reader)).isEqualTo("two\r");
        assertThat(text(reader)).isEqualTo("half");
        assertThat(text(reader)).isNull();
    }

    @Test
    void emptyInputHasNoLine() throws IOException {
        assertThat(text(reader("", 100))).isNull();
    }

    @Test
    void aLineOfTheLargestSizeIsReadAndOneMoreByteIsTooMuch() throws IOException {
        assertThat(text(reader("12345\n", 5))).isEqualTo("12345");
        MessageReader reader = reader("123456\nnext\n", 5);
        assertThatThrownBy(reader::next).isInstanceOf(MessageTooLongException.class);
        assertThat(text(reader)).isEqualTo("next");
    }

    @Test
    void aLineFarAboveTheLimitIsDroppedWithoutKeepingIt() throws IOException {
        MessageReader reader = reader("x".repeat(1_000_000) + "\nnext\n", 200_000);
        assertThatThrownBy(reader::next).isInstanceOf(MessageTooLongException.class);
        assertThat(text(reader)).isEqualTo("next");
    }

    @Test
    void linesOfAnyLengthSurviveReadsOfAnySize() throws IOException {
        Random random = new Random(7);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            all.append("é".repeat(random.nextInt(2000))).append(i).append('\n');
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
        MessageReader reader = new MessageReader(
                new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] b, int off, int len) {
                        return super.read(b, off, Math.min(len, 1 + random.nextInt(3000)));
                    }
                },
                1_000_000);
        StringBuilder read = new StringBuilder();
        for (String line = text(reader); line != null; line = text(reader)) {
            read.append(line).append('\n');
        }
        assertThat(read.toString()).isEqualTo(all.toString());
    }

    private static MessageReader reader(String input, int maxBytes) {
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return new MessageReader(in, maxBytes);
    }

    private static @Nullable String text(MessageReader reader) throws IOException {
        byte[] line = reader.next();
        return line == null ? null : new String(line, StandardCharsets.UTF_8);
    }
}
