package io.unifiedmemory.http;

import io.unifiedmemory.mcp.JsonRpc;

/** A request that is answered with an HTTP error; the message says what was wrong and is shown to the client. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }

    byte[] body() {
        return JsonRpc.bytes(null, JsonRpc.error(null, JsonRpc.INVALID_REQUEST, String.valueOf(getMessage())));
    }
}
