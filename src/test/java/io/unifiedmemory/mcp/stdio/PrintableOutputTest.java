package io.unifiedmemory.mcp.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableOutputTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(new PrintableOutput(written), true, StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource({
        "001b", "0000", "0007", "0008", "000b", "000d", "007f", "0080", "0085", "009b", "009f", "061c", "200e", "200f",
        "2028", "2029", "202a", "202e", "2066", "2069"
    })
    void whatCommandsATerminalIsWrittenAsItsNumber(String number) {
        out.printf("a%sb%n", (char) Integer.parseInt(number, 16));

        assertThat(text()).isEqualTo("a\\u" + number + "b" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "tab\tand\nline\r\n",
                "é ß Ω ЖЖ",
                "中文 🍵 👨‍👩‍👧",
                "\u00a0\u00ff\u061b\u0600\u200d\u2027\u202f\u2065\u206a\u20ac"
            })
    void everythingElseStays(String text) {
        out.print(text);
        out.flush();

        assertThat(text()).isEqualTo(text);
    }

    @Test
    void bytesThatComeOneByOneAreEscapedAllTheSame() throws IOException {
        PrintableOutput output = new PrintableOutput(written);
        for (byte octet : "é\u202e\u0085🍵\u061c\r\n\rx".getBytes(StandardCharsets.UTF_8)) {
            output.write(octet);
        }
        output.flush();

        assertThat(text()).isEqualTo("é\\u202e\\u0085🍵\\u061c\r\n\\u000dx");
    }

    @Test
    void bytesThatAreNoTextStay() throws IOException {
        byte[] bytes = {'a', (byte) 0xC2, 'b', (byte) 0xE2, (byte) 0x80, 'c', (byte) 0xFF, (byte) 0xD8, (byte) 0xD8, 'd'
        };

        new PrintableOutput(written).write(bytes);

        assertThat(written.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void jsonStaysJson() {
        Map<String, Object> json = Map.of("k\u202e", "\u001b[31m\u009b\u2066 \u0085 \r\n");

        out.println(Json.write(json));

        assertThat(text().strip()).isASCII().doesNotContain("\u001b");
        assertThat(Json.parseObject(text())).isEqualTo(json);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
