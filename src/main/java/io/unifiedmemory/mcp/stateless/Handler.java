package io.unifiedmemory.mcp.stateless;

import java.util.Map;

/** Answers the requests of one method, from many threads at once. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers a request. What every result must hold beside the method's own fields is added by the server.
     *
     * @return the result's own fields; with {@code resultType} when the result is not complete
     * @throws Refusal when the request is answered with an error
     */
    Map<String, Object> answer(Request request) throws Refusal;
}
