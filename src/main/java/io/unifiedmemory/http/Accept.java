package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The media types that a client accepts: the header {@code Accept} of its request (RFC 9110, section 12.5.1). */
final class Accept {

    private static final String EVERYTHING = "*/*";

    /** The weight of a range; Java's own client writes {@code q=.2}. */
    private static final Pattern WEIGHT = Pattern.compile("\\s*q\\s*=\\s*(\\d?\\.?\\d{0,3})\\s*");

    private record Range(String type, double weight) {}

    private final List<Range> ranges = new ArrayList<>();

    private Accept(List<String> lines) {
        for (String line : lines) {
            for (String range : line.toLowerCase(Locale.ROOT).split(",", -1)) {
                if (!range.isBlank()) {
                    ranges.add(range(range.split(";", -1)));
                }
            }
        }
    }

    static Accept of(HttpServletRequest request) {
        return new Accept(Collections.list(request.getHeaders("Accept")));
    }

    /** Parameters other than the weight are ignored: this server has one form of each media type. */
    private static Range range(String[] parts) {
        double weight = 1;
        for (int i = 1; i < parts.length; i++) {
            Matcher matcher = WEIGHT.matcher(parts[i]);
            if (matcher.matches() && matcher.group(1).matches(".*\\d.*")) {
                weight = Double.parseDouble(matcher.group(1));
            }
        }
        String type = parts[0].strip();
        return new Range(type.equals("*") ? EVERYTHING : type, weight);
    }

    /** How much the client prefers the media type, 0 for not at all; a client without the header takes everything. */
    double weight(String mediaType) {
        if (ranges.isEmpty()) {
            return 1;
        }
        // The most specific range decides.
        for (String type : List.of(mediaType, mediaType.substring(0, mediaType.indexOf('/')) + "/*", EVERYTHING)) {
            List<Range> matching =
                    ranges.stream().filter(range -> range.type.equals(type)).toList();
            if (!matching.isEmpty()) {
                return matching.stream().mapToDouble(Range::weight).max().orElse(0);
            }
        }
        return 0;
    }

    /** Whether the client takes the media type at all. */
    boolean takes(String mediaType) {
        return weight(mediaType) > 0;
    }

    /** Refuses a client that could read no form of a reply. */
    void requireReply() throws RefusedException {
        if (!takes(JsonReply.TYPE) && !takes(Endpoint.EVENTS)) {
            throw new RefusedException(
                    HttpServletResponse.SC_NOT_ACCEPTABLE, "Accept must allow application/json or text/event-stream");
        }
    }

    /** Refuses a client that does not take events. */
    void requireEvents() throws RefusedException {
        if (!takes(Endpoint.EVENTS)) {
            throw new RefusedException(HttpServletResponse.SC_NOT_ACCEPTABLE, "Accept must allow text/event-stream");
        }
    }
}
