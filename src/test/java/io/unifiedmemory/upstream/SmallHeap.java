package io.unifiedmemory.upstream;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.link.McpSession;
import io.unifiedmemory.upstream.link.ProcessTransport;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** A program with little memory whose server sends a large reply: prints what becomes of the call. */
public final class SmallHeap {

    private SmallHeap() {}

    public static void main(String[] args) throws IOException {
        ProcessTransport link =
                ProcessTransport.start("large", FakeServer.command(), new JacksonMcpJsonMapper(Json.mapper()));
        McpSession session = McpSession.open(link, Duration.ofMinutes(1), Duration.ofMinutes(1))
                .session();
        String said;
        try {
            said = session.call("large", Map.of(), Map.of()).text().length() + " characters";
        } catch (BackendException e) {
            said = e.kind() + ": " + e.describe();
        }
        session.close();
        new FileOutputStream(FileDescriptor.out).write((said + "\n").getBytes(StandardCharsets.UTF_8));
        System.exit(0);
    }
}
