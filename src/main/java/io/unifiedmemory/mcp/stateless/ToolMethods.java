package io.unifiedmemory.mcp.stateless;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.unifiedmemory.mcp.Apps;
import io.unifiedmemory.mcp.PlainJson;
import io.unifiedmemory.mcp.ServedTools;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.Progress;
import io.unifiedmemory.tools.QuestionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code tools/list} and {@code tools/call}. */
final class ToolMethods {

    private static final TypeRef<CallToolRequest> CALL = new TypeRef<>() {};

    private final ServedTools tools;
    private final McpJsonMapper mapper;
    private final RequestState states;

    private ToolMethods(ServedTools tools, RequestState states) {
        this.tools = tools;
        this.states = states;
        mapper = tools.mapper();
    }

    /** Adds the methods to a server. */
    static void add(ServedTools tools, RequestState states, StatelessServer.Builder server) {
        ToolMethods methods = new ToolMethods(tools, states);
        // What is listed may depend on the token.
        server.method("tools/list", CacheScope.UNCHANGING, CacheScope.PRIVATE, methods::list)
                .method("tools/call", methods::call);
    }

    private Map<String, Object> list(Request request) {
        boolean showsApps = Apps.areShownBy(request.capabilities().get("extensions"));
        List<Object> all = tools.descriptions(request.caller(), showsApps).stream()
                .map(PlainJson::tool)
                .toList();
        return Map.of("tools", all);
    }

    /** A failure of the store of record, which has the key that seals a question, is one of the call. */
    private Map<String, Object> call(Request request) throws Refusal {
        CallToolRequest call;
        try {
            call = mapper.convertValue(request.params(), CALL);
        } catch (McpError e) {
            throw Refusal.of(e.getJsonRpcError().code(), e.getJsonRpcError().message());
        }
        try {
            return answer(call, request);
        } catch (BackendException e) {
            return fields(ServedTools.failure(e));
        }
    }

    private Map<String, Object> answer(CallToolRequest call, Request request) throws Refusal {
        try {
            Person person = AnsweredPerson.of(request, states);
            return fields(tools.call(call, request.caller(), progress(request), person, request.client()));
        } catch (QuestionException e) {
            return AnsweredPerson.result(e, request, states);
        }
    }

    private static Map<String, Object> fields(CallToolResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (PlainJson.result(result) instanceof Map<?, ?> plain) {
            plain.forEach((name, value) -> fields.put(String.valueOf(name), value));
        }
        return fields;
    }

    private static Progress progress(Request request) {
        return request.wantsProgress() ? new Reported(request) : Progress.NONE;
    }

    /** Progress that only ever goes on, as the protocol wants it. */
    private static final class Reported implements Progress {

        private final Request request;
        private long last;

        Reported(Request request) {
            this.request = request;
        }

        @Override
        public synchronized void report(long done, String message) {
            if (done > last) {
                last = done;
                request.progress((double) done, null, message);
            }
        }
    }
}
