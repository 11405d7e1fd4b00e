package io.unifiedmemory.http;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.http.guard.PageRequests;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.memory.util.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** Hands to a {@link PageApi} what the server's own page asks for. */
@SuppressWarnings("serial") // A servlet is never serialized.
final class PageCalls extends Endpoint {

    private final PageApi api;
    private final int maxBytes;

    PageCalls(PageApi api, int maxBytes) {
        this.api = api;
        this.maxBytes = maxBytes;
    }

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        if (!request.getMethod().equals("POST")) {
            throw notAllowed(response, "POST");
        }
        PageRequests.requireOwnPage(request);
        String path = request.getPathInfo();
        Principal caller = Caller.of(request) instanceof Principal known ? known : Principal.LOCAL;
        PageApi.Reply reply = api.answer(path == null ? "" : path.substring(1), arguments(request), caller);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        JsonReply.send(response, reply.status(), Json.writeBytes(reply.json()));
    }

    @SuppressWarnings("unchecked") // An object of JSON.
    private Map<String, Object> arguments(HttpServletRequest request) throws IOException, RefusedException {
        byte[] body = request.getInputStream().readNBytes(maxBytes);
        try {
            if (isJson(request.getContentType()) && Json.parseMessage(body) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
        } catch (JacksonException e) {
            throw new RefusedException(HttpServletResponse.SC_BAD_REQUEST, "The body is no JSON: " + e.getMessage());
        }
        throw new RefusedException(HttpServletResponse.SC_BAD_REQUEST, "The body must be an object of JSON");
    }
}
