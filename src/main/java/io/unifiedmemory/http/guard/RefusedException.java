package io.unifiedmemory.http.guard;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A request that is answered with an HTTP error; the message says what was wrong and is shown to the client. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status of HTTP
     */
    public RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Answers the request with this refusal. */
    public void answer(HttpServletResponse response) throws IOException {
        JsonReply.refuse(response, status, String.valueOf(getMessage()));
    }
}
