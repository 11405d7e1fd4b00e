package io.unifiedmemory.harness.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands between clients and a server and breaks their connections in chosen ways. It knows the protocol so far as
 * to tell commits. At first everything passes. Thread-safe.
 */
public final class PostgresProxy implements AutoCloseable {

    /** Where messages go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /** What becomes of a commit whose connection breaks: for the client both look the same. */
    public enum Loss {
        /** The server never sees it. */
        COMMIT,
        /** It is committed, and the client never hears of it. */
        ANSWER
    }

    private final int port;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Direction> frozen = EnumSet.noneOf(Direction.class);
    private volatile int target;
    private volatile Duration delay = Duration.ZERO;
    private ServerSocket listening;
    private Loss loss = Loss.ANSWER;
    private Runnable beforeLoss = () -> {};
    private int commitsToLoss;
    private int losses;
    private int heldBack;

    /** @param target the port of the server on this machine */
    public PostgresProxy(int target) {
        this.target = target;
        listening = listen(FreePort.find());
        port = listening.getLocalPort();
    }

    private ServerSocket listen(int onPort) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
            daemon("proxy-accept", () -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                ProxiedConnection connection = new ProxiedConnection(this, socket.accept());
                connections.add(connection);
                if (socket.isClosed()) {
                    // The system accepts one more while another thread closes the socket.
                    connection.close();
                } else {
                    connection.start(target);
                }
            } catch (IOException e) {
                // No more are accepted, or the server refuses this one, and so does the proxy.
            }
        }
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** The port of the server that it leads to. */
    public int target() {
        return target;
    }

    /** Leads new connections to another server. */
    public void leadTo(int otherPort) {
        target = otherPort;
    }

    /** Breaks all connections; new ones are accepted. */
    public void cut() {
        connections.forEach(ProxiedConnection::close);
    }

    /** Refuses new connections, until {@link #restore}. */
    public synchronized void refuse() {
        closeListening();
    }

    /** Holds all messages back, of open and of new connections, until {@link #restore}; both directions: a black hole. */
    public synchronized void freeze(Set<Direction> directions) {
        frozen.addAll(directions);
    }

    /** Lets every piece of an answer wait for so long, until {@link #restore}. */
    public void delay(Duration time) {
        delay = time;
    }

    /**
     * Breaks the connection that commits as the so-manieth from now on, 1 being the next one of any connection. Once.
     *
     * @param kind whether the server sees it
     */
    public void loseCommit(int number, Loss kind) {
        loseCommit(number, kind, () -> {});
    }

    /**
     * Likewise.
     *
     * @param before runs just before the commit is lost
     */
    public synchronized void loseCommit(int number, Loss kind, Runnable before) {
        commitsToLoss = number;
        loss = kind;
        beforeLoss = before;
    }

    /** How many commits were lost. */
    public synchronized int losses() {
        return losses;
    }

    /** From now on everything passes again; what was held back goes on. */
    public synchronized void restore() {
        frozen.clear();
        delay = Duration.ZERO;
        commitsToLoss = 0;
        if (listening.isClosed()) {
            listening = listen(port);
        }
        notifyAll();
    }

    /** Returns when a message is held back. */
    public synchronized void awaitHeldBack() throws InterruptedException {
        while (heldBack == 0) {
            wait();
        }
    }

    /** Waits until a message may pass; false when the connection was closed meanwhile. */
    synchronized boolean pass(ProxiedConnection connection, Direction direction) {
        boolean held = frozen.contains(direction);
        if (held) {
            heldBack++;
            notifyAll();
        }
        try {
            while (frozen.contains(direction) && !connection.isClosed()) {
                wait();
            }
        } catch (InterruptedException e) {
            return false;
        } finally {
            heldBack -= held ? 1 : 0;
        }
        return !connection.isClosed();
    }

    Duration delay() {
        return delay;
    }

    /** Counts a commit that a client sends; null when it is to pass. */
    synchronized @Nullable Loss lossOfCommit() {
        if (commitsToLoss == 0 || --commitsToLoss > 0) {
            return null;
        }
        losses++;
        beforeLoss.run();
        return loss;
    }

    synchronized void closed(ProxiedConnection connection) {
        connections.remove(connection);
        notifyAll();
    }

    private void closeListening() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        closeListening();
        cut();
    }
}
