package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A server that gave up what it works with, such as a database, and lives on. */
class GivenUpServerTest {

    /** What the server echoes is never taken for a success. */
    private static final String CONTRACT = """
            {"find": {"tool": "echo", "arguments": {"text": "=hash"}, "ok": "false", "items": "[]"},
             "create": {"tool": "echo", "arguments": {"text": "=text"}},
             "delete": {"tool": "echo", "arguments": {"text": "=id"}}}
            """;

    @Test
    void aServerThatAnswersNothingButErrorsIsStartedAnew() {
        AtomicInteger sessions = new AtomicInteger();
        UpstreamOptions options = new UpstreamOptions(
                "test",
                FakeServer.command(),
                "echo",
                UpstreamOptions.DEFAULT_CONNECT_TIMEOUT,
                UpstreamOptions.DEFAULT_CALL_TIMEOUT,
                null,
                ContractOptions.read("echo", Json.parseObject(CONTRACT), "contracts.echo"));
        try (UpstreamBackend backend = UpstreamBackend.observed(options, tools -> {
            sessions.incrementAndGet();
            return tools;
        })) {
            assertThat(backend.check().detail()).contains("echo failed");
            assertThat(backend.check().detail()).contains("echo failed");
            assertThat(sessions).as("once may be the fault of one answer").hasValue(1);
            assertThat(backend.check().detail()).contains("echo failed");

            assertThat(sessions).as("processes that were started").hasValue(2);
        }
    }
}
