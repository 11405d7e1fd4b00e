package io.unifiedmemory.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The standard streams of a process that speaks JSON-RPC, one message per line. What it writes is read at once, so that
 * it never waits for the test. One thread may take messages while another sends.
 */
public final class MessagePipe {

    private final Process process;
    private final Thread reader;

    /** Ends with an empty one when stdout does. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    /** @param seen is told each line when it arrives */
    public MessagePipe(Process process, Consumer<String> seen) {
        this.process = process;
        reader = new Thread(() -> read(seen), "test-stdout");
        reader.setDaemon(true);
        reader.start();
    }

    /** Malformed UTF-8 ends the reading and shows as a line of its own, which is not JSON. */
    private void read(Consumer<String> seen) {
        try (BufferedReader stdout =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8.newDecoder()))) {
            for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
                seen.accept(line);
                lines.add(Optional.of(line));
            }
        } catch (CharacterCodingException e) {
            lines.add(Optional.of("stdout is unreadable: " + e));
        } catch (IOException e) {
            // The process was killed, and its streams closed with it: stdout has ended.
        }
        lines.add(Optional.empty());
    }

    /** Sends a message as one line. */
    public void send(String message) throws IOException {
        sendRaw((message + "\n").getBytes(UTF_8));
    }

    /** Writes bytes as they are. */
    public void sendRaw(byte[] bytes) throws IOException {
        process.getOutputStream().write(bytes);
        process.getOutputStream().flush();
    }

    /** The next line, empty now and from now on when stdout has ended; fails when neither happens in time. */
    public Optional<String> next(Duration patience) throws InterruptedException, TimeoutException {
        Optional<String> line = lines.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new TimeoutException("no answer within " + patience);
        }
        if (line.isEmpty()) {
            lines.add(line);
        }
        return line;
    }

    /** Waits until everything that the process wrote has been read. */
    public void awaitEnd(Duration patience) throws InterruptedException {
        reader.join(patience.toMillis());
    }
}
