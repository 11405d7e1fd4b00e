package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that labels answers to POST as what they are: the SDK's transport believes the header and waits in vain
 * where a server sends JSON as a stream of events, the other way round, or anything without a label. What can be neither is
 * refused at once, and so is a compressed answer, for which nobody asked. Thread-safe.
 */
final class LabelReader extends ForwardingClient {

    private static final String CONTENT_TYPE = "content-type";
    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";
    private static final int ACCEPTED = 202;

    LabelReader(HttpClient client) {
        super(client);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        if (!request.method().equals("POST")) {
            return super.sendAsync(request, handler);
        }
        CompletableFuture<BodyStart<T>> begun = new CompletableFuture<>();
        BodyHandler<T> reading = info -> {
            if (info.statusCode() / 100 != 2 || info.statusCode() == ACCEPTED) {
                return handler.apply(info);
            }
            BodyStart<T> start = new BodyStart<>(handler.apply(info));
            begun.complete(start);
            return start;
        };
        return super.sendAsync(request, reading).thenApply(response -> {
            BodyStart<T> start = begun.getNow(null);
            try {
                return start == null ? response : labelled(response, start.firstBytes());
            } catch (BackendException e) {
                start.cancel();
                throw e;
            }
        });
    }

    private static <T> HttpResponse<T> labelled(HttpResponse<T> response, byte[] start) {
        String label = response.headers().firstValue(CONTENT_TYPE).orElse("").toLowerCase(Locale.ROOT);
        String encoding = response.headers().firstValue("content-encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity") || isGzip(start)) {
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    "the server compresses its answers (" + UpstreamFailures.shortened(encoding)
                            + "), for which it was not asked",
                    "switch that off, there or in a proxy in front of it");
        }
        if (start.length == 0) {
            return response;
        }
        String is = typeOf(new String(start, StandardCharsets.UTF_8));
        if (is == null && (label.isBlank() || label.contains(EVENTS))) {
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    "the server answers with neither JSON nor a stream of events",
                    "is its url right, and its type (http or sse)?");
        }
        return is == null || label.contains(is) ? response : new Labelled<>(response, is);
    }

    private static boolean isGzip(byte[] start) {
        return start.length > 1 && start[0] == 0x1F && (start[1] & 0xFF) == 0x8B;
    }

    /** What a body is that begins so; null when it can be neither. */
    private static @Nullable String typeOf(String start) {
        if (start.startsWith("{") || start.startsWith("[")) {
            return JSON;
        }
        boolean events = Stream.of("data", "event", "id", "retry")
                .anyMatch(field -> start.startsWith(field) && hasColon(start, field));
        return events || start.startsWith(":") ? EVENTS : null;
    }

    private static boolean hasColon(String start, String field) {
        return start.length() == field.length() || start.charAt(field.length()) == ':';
    }

    private record Labelled<T>(HttpResponse<T> response, String type) implements HttpResponse<T> {

        @Override
        public HttpHeaders headers() {
            Map<String, List<String>> headers = new HashMap<>(response.headers().map());
            headers.keySet().removeIf(CONTENT_TYPE::equalsIgnoreCase);
            headers.put(CONTENT_TYPE, List.of(type));
            return HttpHeaders.of(headers, (name, value) -> true);
        }

        @Override
        public int statusCode() {
            return response.statusCode();
        }

        @Override
        public HttpRequest request() {
            return response.request();
        }

        @Override
        public Optional<HttpResponse<T>> previousResponse() {
            return response.previousResponse();
        }

        @Override
        public T body() {
            return response.body();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return response.sslSession();
        }

        @Override
        public URI uri() {
            return response.uri();
        }

        @Override
        public HttpClient.Version version() {
            return response.version();
        }
    }
}
