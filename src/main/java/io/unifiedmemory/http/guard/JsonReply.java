package io.unifiedmemory.http.guard;

import io.unifiedmemory.mcp.JsonRpc;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes answers that are JSON as a whole. Stateless. */
public final class JsonReply {

    /** The media type. */
    public static final String TYPE = "application/json";

    private static final int PART = 64 * 1024;

    private JsonReply() {}

    /** Answers with this JSON. */
    public static void send(HttpServletResponse response, int status, byte[] json) throws IOException {
        response.setStatus(status);
        response.setContentType(TYPE);
        response.setContentLength(json.length);
        writeInParts(response.getOutputStream(), json);
    }

    /** Refuses a request where nobody would catch a {@link RefusedException}: in filters and plain servlets. */
    public static void refuse(HttpServletResponse response, int status, String message) throws IOException {
        send(response, status, error(message));
    }

    /** A JSON-RPC error that belongs to no call. */
    static byte[] error(String message) {
        return JsonRpc.bytes(null, JsonRpc.error(null, JsonRpc.INVALID_REQUEST, message));
    }

    /** Writes in small parts, because each write copies what it is given to a buffer that its thread keeps. */
    public static void writeInParts(ServletOutputStream out, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += PART) {
            out.write(bytes, from, Math.min(PART, bytes.length - from));
        }
    }
}
