package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of the page that are in the jar. Everybody may have them: they hold no memory. They load nothing from
 * elsewhere, run no text as code, and may be shown in no frame.
 */
@SuppressWarnings("serial") // A servlet is never serialized.
final class PageFiles extends Endpoint {

    /** Where the build puts them. */
    private static final String FOLDER = "/io/unifiedmemory/page/";

    private static final String START = "index.html";

    /** One name, in the folder itself or in that of the assets: no path leads anywhere else. */
    private static final Pattern NAME = Pattern.compile("(?:assets/)?[A-Za-z0-9_-]+\\.(html|js|css|svg)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    /** A file as it is sent. */
    private static final class Content {
        private final byte[] plain;
        private final byte[] zipped;
        private final String type;

        Content(byte[] plain, byte[] zipped, String type) {
            this.plain = plain;
            this.zipped = zipped;
            this.type = type;
        }
    }

    private final transient Map<String, Content> contents = new ConcurrentHashMap<>();

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            throw notAllowed(response, "GET, HEAD");
        }
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        String path = request.getRequestURI().substring(1);
        Content content = content(path.isEmpty() ? START : path);
        if (content == null) {
            throw new RefusedException(
                    HttpServletResponse.SC_NOT_FOUND,
                    path.isEmpty()
                            ? "This build has no page: it was made on a machine without Node.js"
                            : "The page has no such file");
        }
        // The names of assets carry a digest of their content.
        response.setHeader(
                "Cache-Control", path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
        response.setHeader("Vary", "Accept-Encoding");
        response.setContentType(content.type);
        String accepted = request.getHeader("Accept-Encoding");
        boolean zip = accepted != null && accepted.contains("gzip");
        if (zip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        byte[] body = zip ? content.zipped : content.plain;
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private @Nullable Content content(String name) {
        var form = NAME.matcher(name);
        return form.matches() ? contents.computeIfAbsent(name, absent -> read(absent, TYPES.get(form.group(1)))) : null;
    }

    private static @Nullable Content read(String name, @Nullable String type) {
        try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
            if (in == null || type == null) {
                return null;
            }
            byte[] plain = in.readAllBytes();
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
                zip.write(plain);
            }
            return new Content(plain, zipped.toByteArray(), type);
        } catch (IOException e) {
            throw new UncheckedIOException("the page's file " + name + " cannot be read from the jar", e);
        }
    }
}
