package io.unifiedmemory.harness.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.harness.postgres.PostgresProxy.Direction;
import io.unifiedmemory.harness.postgres.PostgresProxy.Loss;
import io.unifiedmemory.memory.util.Pause;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection through a {@link PostgresProxy}, message by message. */
final class ProxiedConnection {

    /** Version 3 of the protocol. What else a client may begin with asks for encryption or for the end of a statement. */
    private static final int STARTUP = 3;

    private static final int CANCEL_REQUEST = 80877102;
    private static final int LENGTH_BYTES = 4;
    private static final int FIRST_PARAMETER = 5;

    private final PostgresProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();

    /** The statements of the client by their names, and whether each commits. */
    private final Map<String, Boolean> commits = new HashMap<>();

    /** Whether the server answers with a single byte: it was asked for encryption. */
    private volatile boolean asksForEncryption;

    /** Whether the client is to hear nothing more. */
    private volatile boolean losesAnswer;

    private volatile boolean closed;

    ProxiedConnection(PostgresProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    void start(int target) throws IOException {
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            close();
            throw e;
        }
        PostgresProxy.daemon("proxy-to-server", () -> pump(this::toServer));
        PostgresProxy.daemon("proxy-to-client", () -> pump(this::toClient));
    }

    boolean isClosed() {
        return closed;
    }

    /** Resets both connections: what was on its way is lost. */
    void close() {
        closed = true;
        for (Socket socket : new Socket[] {client, server}) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // Its other end was faster.
            }
        }
        proxy.closed(this);
    }

    /** Carries messages in one direction until the connection ends. */
    @FunctionalInterface
    private interface Carrier {
        void run() throws IOException;
    }

    private void pump(Carrier carrier) {
        try {
            carrier.run();
        } catch (IOException e) {
            // One end is gone: the other one follows.
            closed = true;
        } finally {
            close();
        }
    }

    private void toServer() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
        int code;
        do {
            byte[] body = body(in);
            code = number(body);
            asksForEncryption = code >> Short.SIZE != STARTUP && code != CANCEL_REQUEST;
            if (!proxy.pass(this, Direction.TO_SERVER)) {
                return;
            }
            write(out, body);
            out.flush();
        } while (code >> Short.SIZE != STARTUP);
        for (int type = in.read(); type >= 0; type = in.read()) {
            byte[] body = body(in);
            Loss loss = isCommit(type, body) ? proxy.lossOfCommit() : null;
            if (loss == Loss.COMMIT || !proxy.pass(this, Direction.TO_SERVER)) {
                return;
            }
            losesAnswer |= loss == Loss.ANSWER;
            out.write(type);
            write(out, body);
            if (in.available() == 0) {
                out.flush();
            }
        }
    }

    private void toClient() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
        for (int type = in.read(); type >= 0; type = in.read()) {
            byte[] body = asksForEncryption ? null : body(in);
            if (losesAnswer && type != 'Z') {
                continue;
            }
            // Ready for the next query: whatever came before it is done.
            if (losesAnswer || !Pause.of(proxy.delay()) || !proxy.pass(this, Direction.TO_CLIENT)) {
                return;
            }
            out.write(type);
            if (body != null) {
                write(out, body);
            }
            if (in.available() == 0) {
                out.flush();
            }
        }
    }

    private static byte[] body(DataInputStream in) throws IOException {
        byte[] body = new byte[in.readInt() - LENGTH_BYTES];
        in.readFully(body);
        return body;
    }

    private static void write(DataOutputStream out, byte[] body) throws IOException {
        out.writeInt(body.length + LENGTH_BYTES);
        out.write(body);
    }

    private static int number(byte[] body) {
        return ByteBuffer.wrap(body).getInt();
    }

    /** Whether a message makes the server commit: the text itself, or a statement that was sent before. */
    private boolean isCommit(int type, byte[] body) {
        String[] texts = new String(body, UTF_8).split("\0", FIRST_PARAMETER);
        return switch (type) {
            case 'Q' -> texts[0].toUpperCase(Locale.ROOT).matches("(?s)(.*;)?\\s*COMMIT\\s*;?\\s*");
            case 'P' -> {
                commits.put(texts[0], texts[1].strip().equalsIgnoreCase("COMMIT"));
                yield false;
            }
            case 'B' -> commits.getOrDefault(texts[1], false);
            default -> false;
        };
    }
}
