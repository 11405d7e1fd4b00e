package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private final AtomicLong nanos = new AtomicLong(-5);

    @Test
    void aLogGetsALineNowAndThen() {
        ProgressLine line = new ProgressLine(out, () -> out.print("<erased>"), false, nanos::get);
        line.show("one");
        line.show("two");
        nanos.addAndGet(5_000_000_000L);
        line.show("three");
        line.end();
        assertThat(written.toString(StandardCharsets.UTF_8).lines()).containsExactly("one", "three");
    }

    @Test
    void aTerminalGetsOneLineThatIsGoneAtTheEnd() {
        ProgressLine line = new ProgressLine(out, () -> out.print("<erased>"), true, nanos::get);
        line.show("one");
        nanos.addAndGet(100_000_000L);
        line.show("two");
        line.end();
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("<erased>one<erased>two<erased>");
    }
}
