package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.memory.util.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Tells OAuth clients who issues tokens for this server (RFC 9728): at {@value #WELL_KNOWN} for the server as a whole,
 * and below it, by its path, for each endpoint.
 */
@SuppressWarnings("serial") // A servlet is never serialized.
final class ProtectedResourceMetadata extends HttpServlet {

    /** Where the metadata of the whole server is. The servlet answers here and at every path below. */
    static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

    private final AccessOptions options;

    /**
     * Makes the servlet.
     *
     * @param options with an issuer
     */
    ProtectedResourceMetadata(AccessOptions options) {
        this.options = options;
    }

    /** The address of the metadata for the endpoint that a request was sent to. */
    static URI address(HttpServletRequest request, AccessOptions options) {
        URI main = main(request, options);
        String path = request.getServletPath();
        String suffix = path.equals(McpPaths.STREAMABLE)
                ? main.getRawPath()
                : ProtectedResources.byPath(main).containsKey(path) ? path : "";
        return URI.create(ProtectedResources.origin(main) + WELL_KNOWN + suffix);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        String resource = ProtectedResources.byPath(main(request, options)).get(path);
        if (resource == null) {
            JsonReply.refuse(response, HttpServletResponse.SC_NOT_FOUND, "There is no such resource");
            return;
        }
        JsonReply.send(response, HttpServletResponse.SC_OK, document(resource));
    }

    private byte[] document(String resource) {
        AccessOptions.Jwt jwt = Objects.requireNonNull(options.jwt());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resource", resource);
        json.put("authorization_servers", List.of(jwt.issuer()));
        json.put("scopes_supported", List.of(jwt.readScope(), jwt.writeScope()));
        json.put("bearer_methods_supported", List.of("header"));
        json.put("resource_name", "Unified Memory");
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }

    /** The configured address of the MCP endpoint, or else the one this client used, whose Host has been checked. */
    private static URI main(HttpServletRequest request, AccessOptions options) {
        URI configured = options.resource();
        if (configured != null) {
            return configured;
        }
        StringBuffer url = request.getRequestURL();
        url.setLength(url.length() - request.getRequestURI().length());
        return URI.create(url + McpPaths.STREAMABLE);
    }
}
