package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.FakeServer;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;

/** Sends a text through a child process and exits with 0 if it came back unchanged: for a JVM of any charset. */
final class EchoInAnotherCharset {

    static final String TEXT = "ä 漢字 \u200d👩‍👩‍👧 \u2028 \r\n \" \\ \u0007 \ufeff";

    private EchoInAnotherCharset() {}

    /**
     * Exits with 2 when this JVM has another charset than it should.
     *
     * @param args the charset that it must have by default
     */
    public static void main(String[] args) {
        if (!Charset.defaultCharset().equals(Charset.forName(args[0]))) {
            System.exit(2);
        }
        ProcessTransport link =
                ProcessTransport.start("echo", FakeServer.command(), new JacksonMcpJsonMapper(Json.mapper()));
        try (McpSession session = McpSession.open(link, Duration.ofSeconds(30), Duration.ofSeconds(30))
                .session()) {
            String back = session.call("echo", Map.of("text", TEXT), Map.of()).text();
            System.exit(back.equals(TEXT) ? 0 : 1);
        }
    }
}
