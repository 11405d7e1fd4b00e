package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.FakeServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A program with a server that ends only by force: prints the server's process id and waits for its own end. */
final class HoldsAServer {

    private HoldsAServer() {}

    /**
     * Exits of its own accord at the end of its input.
     *
     * @param args the database beside which the server is noted, or nothing
     */
    public static void main(String[] args) throws IOException {
        ProcessTransport link = ProcessTransport.start(
                "held",
                FakeServer.command("stubborn"),
                new JacksonMcpJsonMapper(Json.mapper()),
                args.length == 0 ? null : new ChildNotes(Path.of(args[0])));
        McpSession.open(link, Duration.ofMinutes(1), Duration.ofMinutes(1));
        long pid = ProcessHandle.current().children().findFirst().orElseThrow().pid();
        new FileOutputStream(FileDescriptor.out).write((pid + "\n").getBytes(StandardCharsets.UTF_8));
        while (System.in.read() >= 0) {}
        System.exit(0);
    }
}
