package io.unifiedmemory.upstream.link;

import java.net.URI;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where messages are posted: the address that the server announces on its stream, which is relative to that of the
 * stream (RFC 3986, section 5). The SDK resolves it against the origin instead. Thread-safe.
 */
final class SseEndpoint {

    private volatile @Nullable URI moved;
    private volatile @Nullable URI address;

    /** Notes from where the stream comes in the end: its server may have redirected to another address of its own. */
    void comesFrom(URI stream) {
        moved = stream;
    }

    /**
     * Takes the announced address, which must be of the stream's own origin, since headers with secrets go there; throws
     * {@link IllegalArgumentException} for any other.
     */
    void announced(URI configured, String endpoint) {
        URI redirected = moved;
        URI stream = redirected == null ? configured : redirected;
        URI resolved = stream.resolve(endpoint);
        if (!stream.getScheme().equalsIgnoreCase(resolved.getScheme())
                || !stream.getRawAuthority().equalsIgnoreCase(resolved.getRawAuthority())) {
            throw new IllegalArgumentException("messages would have to be posted elsewhere: " + endpoint);
        }
        address = resolved;
    }

    /** Directs a post to the announced address. */
    void address(HttpRequest.Builder request, String method) {
        URI announced = address;
        if (method.equals("POST") && announced != null) {
            request.uri(announced);
        }
    }
}
