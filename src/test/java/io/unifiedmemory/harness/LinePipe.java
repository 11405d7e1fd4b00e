package io.unifiedmemory.harness;

import io.unifiedmemory.memory.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The client's end of two streams that carry a message per line, with a server in this process at the other. */
public final class LinePipe implements AutoCloseable {

    private static final int ROOM = 1 << 20;
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final PipedOutputStream toServer = new PipedOutputStream();
    private final InputStream in;

    /** What the server writes, line by line. */
    private final OutputStream out = new OutputStream() {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int octet) {
            if (octet == '\n') {
                lines.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(octet);
            }
        }
    };

    public LinePipe() throws IOException {
        in = new PipedInputStream(toServer, ROOM);
    }

    /** What the server reads. */
    public InputStream in() {
        return in;
    }

    /** What the server writes to. */
    public OutputStream out() {
        return out;
    }

    /** Sends a message. */
    public void send(String message) throws IOException {
        toServer.write((message + "\n").getBytes(StandardCharsets.UTF_8));
        toServer.flush();
    }

    /** The next message of the server; fails when there is none for a long time. */
    public JsonNode next() throws InterruptedException {
        return Json.mapper()
                .readTree(Objects.requireNonNull(lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no answer"));
    }

    /** Ends the server's input. */
    @Override
    public void close() throws IOException {
        toServer.close();
    }
}
