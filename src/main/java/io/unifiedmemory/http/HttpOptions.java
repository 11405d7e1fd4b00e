package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.RequestGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens. Immutable.
 *
 * @param address where it listens
 * @param sse whether the older transport at {@code /sse} is offered too
 * @param browser whether the memory browser is served at {@code /}
 * @param maxRequestBytes the largest body of a request
 * @param sessionIdle how long a session without an open stream may stay unused
 * @param allowedHosts names besides the address itself under which clients may reach this server; {@code *} is any
 * @param allowedOrigins web origins whose pages may call; loopback origins may always while only loopback is served
 * @param trustForwarded whether {@code Forwarded} and {@code X-Forwarded-*} are believed: only behind a proxy of one's
 *     own
 * @param allowUnauthenticated whether everybody who reaches an address of the network may use the memory
 * @param tls null for plain HTTP
 */
public record HttpOptions(
        ListenAddress address,
        boolean sse,
        boolean browser,
        int maxRequestBytes,
        Duration sessionIdle,
        Set<String> allowedHosts,
        Set<String> allowedOrigins,
        boolean trustForwarded,
        boolean allowUnauthenticated,
        @Nullable Tls tls) {

    /** What holds unless the configuration says otherwise; a value of the largest size fits in its longest escape. */
    public static final HttpOptions DEFAULT = new HttpOptions(
            ListenAddress.parse("127.0.0.1:" + ListenAddress.DEFAULT_PORT),
            true,
            true,
            8 * 1024 * 1024,
            Duration.ofMinutes(30),
            Set.of(),
            Set.of(),
            false,
            false,
            null);

    /**
     * The server's certificate and key.
     *
     * @param keystore PKCS #12 or JKS
     * @param password of the keystore and its key
     */
    public record Tls(Path keystore, String password) {
        @Override
        public String toString() {
            return "keystore " + keystore;
        }
    }

    /** How large a file may be that the server's own page sends, behind a line that says what to do with it. */
    public int maxFileBytes() {
        return Math.max(1, maxRequestBytes - PageCalls.MOST_LINE_BYTES);
    }

    /** Whether anybody but programs of this machine may reach this server, at its address or through a proxy. */
    public boolean isExposed() {
        return trustForwarded || !address.isLoopback() || !RequestGuard.LOOPBACK.containsAll(allowedHosts);
    }

    /** The same at another address. */
    public HttpOptions at(ListenAddress other) {
        return new HttpOptions(
                other,
                sse,
                browser,
                maxRequestBytes,
                sessionIdle,
                allowedHosts,
                allowedOrigins,
                trustForwarded,
                allowUnauthenticated,
                tls);
    }
}
