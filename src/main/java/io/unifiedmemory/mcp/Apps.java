package io.unifiedmemory.mcp;

import io.unifiedmemory.resources.ResourceNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MCP Apps, the extension of the protocol by which a client shows a page of the server beside the result of a tool, as of
 * its specification 2026-01-26. The page is one file in the jar, without a memory in it: the client passes the result on to
 * it, and calls the tools that it asks for. What a client may see there is what it may see by the tools.
 */
public final class Apps {

    /** The name under which clients and servers announce the extension. */
    public static final String EXTENSION = "io.modelcontextprotocol/ui";

    /** The address of the page. */
    static final String URI = "ui://unified-memory/memories";

    private static final String MIME_TYPE = "text/html;profile=mcp-app";

    private static final String FILE = "/io/unifiedmemory/app/app.html";

    private Apps() {}

    /**
     * Whether a client shows pages of this kind, and there is one to show: a jar that was built without Node.js has none.
     *
     * @param extensions what the client announces of extensions; null when that is nothing
     */
    public static boolean areShownBy(@Nullable Object extensions) {
        return extensions instanceof Map<?, ?> announced
                && announced.get(EXTENSION) instanceof Map<?, ?> settings
                && settings.get("mimeTypes") instanceof List<?> types
                && types.contains(MIME_TYPE)
                && Apps.class.getResource(FILE) != null;
    }

    /** The page, in the form of a resource. It says that it needs nothing from elsewhere, so that clients permit nothing. */
    static Map<String, Object> contents() {
        Map<String, Object> nothing = Map.of("connectDomains", List.of(), "resourceDomains", List.of());
        return PlainJson.object(
                "uri",
                URI,
                "mimeType",
                MIME_TYPE,
                "text",
                html(),
                "_meta",
                Map.of("ui", Map.of("csp", nothing, "prefersBorder", true)));
    }

    private static String html() {
        try (InputStream in = Apps.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new ResourceNotFoundException(URI);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the page cannot be read from the jar", e);
        }
    }
}
