package io.unifiedmemory.upstream.contract;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The answer of a tool. Texts of other programs enter here: unpaired surrogates, which could not be passed on, have
 * become U+FFFD.
 *
 * @param error whether the server marked it as an error
 * @param json the structured content, or the text read as a JSON object; empty when it is neither
 * @param text the text, for people
 * @param meta the {@code _meta} of the result, may be empty
 * @param texts the single texts of the result, of which {@code text} is made
 * @param array the structured content where it is no object but another JSON value; null otherwise
 */
public record ToolReply(
        boolean error,
        Map<String, Object> json,
        String text,
        Map<String, Object> meta,
        List<String> texts,
        @Nullable Object array) {

    public ToolReply {
        json = Texts.wholeObject(json);
        text = Texts.whole(text);
        meta = Texts.wholeObject(meta);
        texts = texts.stream().map(Texts::whole).toList();
        array = Texts.wholeJson(array);
    }

    /** A reply of one text. */
    public ToolReply(boolean error, Map<String, Object> json, String text, Map<String, Object> meta) {
        this(error, json, text, meta, List.of(text), null);
    }

    public static ToolReply of(CallToolResult result) {
        List<String> texts = result.content().stream()
                .filter(TextContent.class::isInstance)
                .map(content -> ((TextContent) content).text())
                .toList();
        String text = String.join("\n", texts);
        Object structured = result.structuredContent();
        return new ToolReply(
                Boolean.TRUE.equals(result.isError()),
                structured instanceof Map<?, ?> map ? object(map) : parsed(text),
                text,
                result.meta() == null ? Map.of() : result.meta(),
                texts,
                structured instanceof Map ? null : structured);
    }

    /** A JSON object as read by Jackson, whose keys are texts. */
    public static Map<String, Object> object(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((key, value) -> object.put(String.valueOf(key), value));
        return object;
    }

    private static Map<String, Object> parsed(String text) {
        try {
            return text.startsWith("{") ? Json.parseObject(text) : Map.of();
        } catch (JacksonException e) {
            return Map.of(); // it is prose, in spite of its first character
        }
    }
}
