package io.unifiedmemory.http.guard;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The resources for which a client may ask an authorization server for a token (RFC 8707): the server as a whole and
 * each of its endpoints. Stateless.
 */
public final class ProtectedResources {

    private ProtectedResources() {}

    /**
     * The resources by the path of their metadata below that of the whole server (RFC 9728). A token for any of them is
     * meant for this server. Among them are both endpoints' own paths and the path of {@code main}, which differs from
     * them behind a proxy that changes paths.
     *
     * @param main the address under which clients reach {@link HttpServer#STREAMABLE}
     */
    public static Map<String, String> byPath(URI main) {
        Map<String, String> resources = new LinkedHashMap<>();
        resources.put("", origin(main));
        resources.put(McpPaths.STREAMABLE, main.toString());
        resources.put(McpPaths.SSE, origin(main) + McpPaths.SSE);
        resources.put(main.getPath(), main.toString());
        return Collections.unmodifiableMap(resources);
    }

    /** Scheme and authority of an address. */
    static String origin(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority();
    }
}
