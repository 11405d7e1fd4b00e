package io.unifiedmemory.http;

import io.unifiedmemory.access.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** What the server's own page can ask for. Called from many threads at once. */
public interface PageApi {

    /** What the page gets. */
    sealed interface Answer permits Reply, Streamed {}

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param json what the page gets
     */
    record Reply(int status, Map<String, Object> json) implements Answer {}

    /**
     * An answer that may be long, and is sent while it is made. Whoever may not have it got a {@link Reply} instead.
     *
     * @param type its media type
     * @param body writes it; when it throws, the page sees that the answer broke off
     */
    record Streamed(String type, Body body) implements Answer {}

    /** Writes an answer. */
    @FunctionalInterface
    interface Body {
        /** Writes all of it; does not close the stream. */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Answers a request of the page. A failure is a reply that says so.
     *
     * @param name what is asked for: the last part of the path
     * @param caller who asks
     */
    Answer answer(String name, Map<String, Object> arguments, Principal caller);

    /**
     * Takes a file of the page. A failure is a reply that says so.
     *
     * @param name what is to be done with it: the last part of the path
     * @param file is read before the answer ends
     */
    Answer upload(String name, Map<String, Object> arguments, InputStream file, Principal caller);
}
