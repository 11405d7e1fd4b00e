package io.unifiedmemory.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LoggingTest {

    private static final String FORGED = "oops\n14:03:07.250 WARN  Relay - all is well";

    @Test
    void nobodysWordsLookLikeALineOfTheLog() {
        PrintStream before = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
            Logging logging = new Logging();
            logging.initialize();
            Logger logger = logging.getLoggerFactory().getLogger("io.unifiedmemory.Test");
            logger.warn("upstream says {}", FORGED);
            logger.warn("failed", new IllegalStateException(FORGED, new IllegalArgumentException(FORGED)));
        } finally {
            System.setErr(before);
        }

        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSizeGreaterThan(6);
        assertThat(lines.get(0))
                .endsWith("WARN  Test - upstream says oops\\u000a14:03:07.250 WARN  Relay - all is well");
        assertThat(lines.get(1)).endsWith("WARN  Test - failed");
        assertThat(lines.subList(2, lines.size())).allMatch(line -> line.startsWith("\t"));
    }
}
