package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Serves a page that is made anew for each request. */
@SuppressWarnings("serial") // A servlet is never serialized.
final class PageServlet extends Endpoint {

    private final Supplier<TextPage> pages;

    PageServlet(Supplier<TextPage> pages) {
        this.pages = pages;
    }

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            throw notAllowed(response, "GET, HEAD");
        }
        TextPage page = pages.get();
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        response.setStatus(page.status());
        response.setContentType(page.contentType());
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
