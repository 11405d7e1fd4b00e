package io.unifiedmemory.http;

import io.unifiedmemory.access.Principal;
import java.util.Map;

/** What the server's own page can ask for. Called from many threads at once. */
@FunctionalInterface
public interface PageApi {

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param json what the page gets
     */
    record Reply(int status, Map<String, Object> json) {}

    /**
     * Answers a request of the page. A failure is a reply that says so.
     *
     * @param name what is asked for: the last part of the path
     * @param caller who asks
     */
    Reply answer(String name, Map<String, Object> arguments, Principal caller);
}
