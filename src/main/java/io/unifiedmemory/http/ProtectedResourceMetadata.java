package io.unifiedmemory.http;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.memory.Json;
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
import org.jspecify.annotations.Nullable;

/**
 * Tells OAuth clients who issues tokens for this server (RFC 9728): at {@value #WELL_KNOWN} for the server as a whole, and
 * below it, by its path, for each endpoint.
 */
@SuppressWarnings("serial") // A servlet is never serialized.
final class ProtectedResourceMetadata extends HttpServlet {

    /** Where the metadata of the whole server is; add the servlet here and for all below. */
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

    /** Where the metadata is that belongs to the endpoint of a request. */
    static URI address(HttpServletRequest request, AccessOptions options) {
        URI resource = options.resource();
        String path = request.getServletPath();
        String suffix = resource != null && path.equals(HttpServer.STREAMABLE)
                ? resource.getRawPath()
                : known(path) ? path : "";
        return origin(request, resource).resolve(WELL_KNOWN + suffix);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        URI main = options.resource();
        boolean isMain = main != null && path.equals(main.getPath());
        if (!path.isEmpty() && !isMain && !known(path)) {
            RefusedException unknown = new RefusedException(404, "There is no such resource");
            Endpoint.answer(response, unknown.status(), unknown.body());
            return;
        }
        String origin = origin(request, main).toString();
        Endpoint.answer(response, 200, document(isMain ? String.valueOf(main) : origin + path));
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

    private static boolean known(String path) {
        return path.equals(HttpServer.STREAMABLE) || path.equals(HttpServer.SSE);
    }

    /** Scheme and authority under which the client reaches us; the Host has been checked before. */
    private static URI origin(HttpServletRequest request, @Nullable URI resource) {
        URI address = resource == null ? URI.create(request.getRequestURL().toString()) : resource;
        return URI.create(address.getScheme() + "://" + address.getRawAuthority());
    }
}
