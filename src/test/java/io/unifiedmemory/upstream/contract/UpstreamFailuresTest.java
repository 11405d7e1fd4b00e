package io.unifiedmemory.upstream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpTransportException;
import io.modelcontextprotocol.spec.McpTransportSessionNotFoundException;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamFailuresTest {

    @Test
    void jsonRpcErrorsKeepTheirMeaning() {
        assertThat(kindOf(error(-32602))).isEqualTo(Kind.REJECTED);
        assertThat(kindOf(error(-32601))).isEqualTo(Kind.UNSUPPORTED);
        assertThat(kindOf(error(-32603))).isEqualTo(Kind.BROKEN);
        assertThat(kindOf(error(-32001))).isEqualTo(Kind.TIMED_OUT);
        assertThat(UpstreamFailures.of(error(-32603)))
                .hasMessageContaining("-32603")
                .hasMessageContaining("no luck");
    }

    @Test
    void whatTheNetworkDoesIsNoRejection() {
        assertThat(kindOf(new ConnectException())).isEqualTo(Kind.UNAVAILABLE);
        assertThat(kindOf(new McpTransportSessionNotFoundException("id"))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(kindOf(status(404))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(kindOf(status(500))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(kindOf(status(429))).isEqualTo(Kind.OVERLOADED);
        assertThat(kindOf(status(413))).isEqualTo(Kind.REJECTED);
    }

    @Test
    void onlyWhatCannotBeRunIsNoProgram(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("program"), "#!/no/such/interpreter");

        assertThat(UpstreamFailures.isNoProgram(startFailure(folder.resolve("absent"))))
                .isTrue();
        assertThat(UpstreamFailures.isNoProgram(startFailure(file))).isTrue();
        assertThat(file.toFile().setExecutable(true)).isTrue();
        assertThat(UpstreamFailures.isNoProgram(startFailure(file))).isTrue();
        // as JDK 17 and 25 put it
        assertThat(UpstreamFailures.isNoProgram(new IOException("error=11, Resource temporarily unavailable")))
                .isFalse();
        assertThat(UpstreamFailures.isNoProgram(new IOException("Exec failed, error: 24 (Too many open files)")))
                .isFalse();
        assertThat(UpstreamFailures.isNoProgram(new IOException("Exec failed, error: 2 (No such file or directory)")))
                .isTrue();
    }

    private static IOException startFailure(Path program) {
        return assertThatThrownBy(() -> new ProcessBuilder(program.toString()).start())
                .asInstanceOf(InstanceOfAssertFactories.throwable(IOException.class))
                .actual();
    }

    @Test
    void theCauseBehindOthersCounts() {
        BackendException known = new BackendException(Kind.OVERLOADED, "busy", "wait");

        BackendException failure = UpstreamFailures.of(new ExecutionException(new RuntimeException(known)));

        assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(failure.describe()).isEqualTo("busy (wait)");
        assertThat(kindOf(new IllegalStateException("odd"))).isEqualTo(Kind.BROKEN);
    }

    @Test
    void onlyAnswersToARequestLeaveTheConnectionAlone() {
        assertThat(UpstreamFailures.concernsOneRequest(status(413))).isTrue();
        assertThat(UpstreamFailures.concernsOneRequest(status(500))).isFalse();
        assertThat(UpstreamFailures.concernsOneRequest(
                        new McpTransportException("Error parsing JSON-RPC message: 413")))
                .isFalse();
        assertThat(UpstreamFailures.concernsOneRequest(new McpTransportSessionNotFoundException("id")))
                .isFalse();
    }

    @Test
    void aMessageIsNeverCutInsideACharacter() {
        for (int before = 290; before <= 300; before++) {
            String text = "x".repeat(before) + "👨‍👩‍👧 and more, ".repeat(9);
            assertThat(UpstreamFailures.shortened(text)).matches("x+(👨‍👩‍👧[a-z, ]*)?\\.\\.\\.");
        }
        assertThat(UpstreamFailures.shortened("a\ud83d")).isEqualTo("a\ufffd");
    }

    @Test
    void messagesStayOnOneShortLine() {
        String long1 = "a\n b\r\n".repeat(1000);

        assertThat(UpstreamFailures.of(new McpTransportException(long1)).getMessage())
                .startsWith("a b a b")
                .hasSizeLessThan(400);
    }

    private static Kind kindOf(Throwable failure) {
        return UpstreamFailures.of(new ExecutionException(failure)).kind();
    }

    private static McpError error(int code) {
        return McpError.builder(code).message("no luck").build();
    }

    private static McpTransportException status(int code) {
        return new McpTransportException("Received unexpected status code: " + code + ", response body: x");
    }
}
