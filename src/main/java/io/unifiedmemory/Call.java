package io.unifiedmemory;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.memory.Json;
import io.unifiedmemory.server.StandardStreams;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolResult;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** {@code call TOOL JSON}: runs one tool as a client would and prints its result. */
final class Call implements Command {

    private final String tool;
    private final Map<String, Object> arguments;

    Call(List<String> words) {
        if (words.isEmpty() || words.size() > 2) {
            throw new UsageException("call needs a tool and its arguments as one JSON object, such as:"
                    + " call store '{\"user_id\":\"me\",\"key\":\"k\",\"value\":\"v\"}'");
        }
        tool = words.get(0);
        try {
            arguments = words.size() == 1 ? Map.of() : Json.parseObject(words.get(1));
        } catch (JacksonException e) {
            throw new UsageException("the arguments of call must be one JSON object: " + e.getOriginalMessage());
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        try (Application application = new Application(config, () -> {})) {
            ToolResult result = application.tools().call(tool, new ToolCall(arguments, Map.of()));
            streams.printer()
                    .println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result.structured()));
            return 0;
        } catch (ToolFailure e) {
            streams.err().println("unified-memory: " + tool + ": " + e.getMessage());
            return Main.FAILED;
        }
    }
}
