package io.unifiedmemory.http;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.http.guard.PageRequests;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.http.guard.WholeBody;
import io.unifiedmemory.memory.util.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** Hands to a {@link PageApi} what the server's own page asks for. */
@SuppressWarnings("serial") // A servlet is never serialized.
final class PageCalls extends Endpoint {

    /** The media type of a line of JSON with a file behind it. */
    private static final String FILE = "application/octet-stream";

    static final int MOST_LINE_BYTES = 16 * 1024;

    private final PageApi api;

    PageCalls(PageApi api) {
        this.api = api;
    }

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        if (!request.getMethod().equals("POST")) {
            throw notAllowed(response, "POST");
        }
        PageRequests.requireOwnPage(request);
        String path = request.getPathInfo();
        String name = path == null ? "" : path.substring(1);
        Principal caller = Caller.of(request) instanceof Principal known ? known : Principal.LOCAL;
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        byte[] body = WholeBody.of(request);
        PageApi.Answer answer;
        if (FILE.equals(request.getContentType())) {
            InputStream file = new ByteArrayInputStream(body);
            answer = api.upload(name, object(firstLine(file)), file, caller);
        } else if (isJson(request.getContentType())) {
            answer = api.answer(name, object(body), caller);
        } else {
            throw wrong("The body must be an object of JSON");
        }
        if (answer instanceof PageApi.Reply reply) {
            JsonReply.send(response, reply.status(), Json.writeBytes(reply.json()));
        } else if (answer instanceof PageApi.Streamed streamed) {
            response.setContentType(streamed.type());
            streamed.body().write(response.getOutputStream());
        }
    }

    /** What is said of a file stands before it, so that no name of a user gets into an address, which is logged. */
    private static byte[] firstLine(InputStream body) throws IOException, RefusedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = body.read(); next != '\n'; next = body.read()) {
            if (next < 0 || line.size() == MOST_LINE_BYTES) {
                throw wrong("The file must come behind a line of JSON that says what to do with it");
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    @SuppressWarnings("unchecked") // An object of JSON.
    private static Map<String, Object> object(byte[] json) throws RefusedException {
        try {
            if (Json.parseMessage(json) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
        } catch (JacksonException e) {
            throw wrong("The body is no JSON: " + e.getMessage());
        }
        throw wrong("The body must be an object of JSON");
    }

    private static RefusedException wrong(String message) {
        return new RefusedException(HttpServletResponse.SC_BAD_REQUEST, message);
    }
}
