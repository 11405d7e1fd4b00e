package io.unifiedmemory.commands;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.Progress;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolResult;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** {@code call TOOL JSON}: runs one tool as a client would and prints its result. */
final class CallCommand implements Command {

    /** Stands for standard input, whose bytes are UTF-8 whatever the shell's locale. */
    private static final String STANDARD_INPUT = "-";

    private final String tool;
    private final String arguments;

    CallCommand(List<String> words) {
        if (words.isEmpty() || words.size() > 2) {
            throw new UsageException("call needs a tool and its arguments as one JSON object (or - to read it from"
                    + " standard input), such as: call store '{\"user_id\":\"me\",\"key\":\"k\",\"value\":\"v\"}'");
        }
        tool = words.get(0);
        arguments = words.size() == 1 ? "{}" : words.get(1);
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        ToolCall call = new ToolCall(
                parsed(streams), Map.of(), Principal.LOCAL, Progress.NONE, Person.NOBODY, "unified-memory call");
        try (Application application = Application.ofOneCall(config)) {
            application.awaitUpstreams(streams);
            ToolResult result = application.tools().call(tool, call);
            streams.printer()
                    .println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(result.structured()));
            return 0;
        } catch (ToolFailure e) {
            streams.err().println("unified-memory: " + tool + ": " + e.getMessage());
            return FAILED;
        }
    }

    private Map<String, Object> parsed(StandardStreams streams) {
        try {
            return Json.parseObject(
                    arguments.equals(STANDARD_INPUT)
                            ? new String(new BufferedInputStream(streams.in()).readAllBytes(), StandardCharsets.UTF_8)
                            : arguments);
        } catch (JacksonException e) {
            throw new UsageException("the arguments of call must be one JSON object: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UsageException("the arguments of call cannot be read: " + e.getMessage());
        }
    }
}
