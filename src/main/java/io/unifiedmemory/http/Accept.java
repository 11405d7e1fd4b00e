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

/**
 * In what form a client takes a reply: the header {@code Accept} of its request (RFC 9110, section 12.5.1), as far as it is
 * about the two forms that there are. Immutable.
 */
final class Accept {

    private static final String EVERYTHING = "*/*";

    /** The weight of a range; Java's own client writes {@code q=.2}. */
    private static final Pattern WEIGHT = Pattern.compile("\\s*q\\s*=\\s*(\\d?\\.?\\d{0,3})\\s*");

    private record Range(String type, double weight) {}

    private final double json;
    private final double events;

    private Accept(List<Range> ranges) {
        json = weight(ranges, JsonReply.TYPE);
        events = weight(ranges, Endpoint.EVENTS);
    }

    static Accept of(HttpServletRequest request) {
        List<Range> ranges = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders("Accept"))) {
            for (String range : line.toLowerCase(Locale.ROOT).split(",", -1)) {
                if (!range.isBlank()) {
                    ranges.add(range(range.split(";", -1)));
                }
            }
        }
        return new Accept(ranges);
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

    /** How much a client prefers a media type, 0 for not at all; a client without the header takes everything. */
    private static double weight(List<Range> ranges, String mediaType) {
        if (ranges.isEmpty()) {
            return 1;
        }
        // The most specific range decides.
        for (String type : List.of(mediaType, mediaType.substring(0, mediaType.indexOf('/')) + "/*", EVERYTHING)) {
            double best = -1;
            for (Range range : ranges) {
                best = range.type.equals(type) ? Math.max(best, range.weight) : best;
            }
            if (best >= 0) {
                return best;
            }
        }
        return 0;
    }

    /** Whether the client prefers events to plain JSON. */
    boolean prefersEvents() {
        return events > json;
    }

    /** Whether the client takes events at all. */
    boolean takesEvents() {
        return events > 0;
    }

    /** Refuses a client that could read no form of a reply. */
    void requireReply() throws RefusedException {
        if (json == 0 && events == 0) {
            throw new RefusedException(
                    HttpServletResponse.SC_NOT_ACCEPTABLE, "Accept must allow application/json or text/event-stream");
        }
    }

    /** Refuses a client that does not take events. */
    void requireEvents() throws RefusedException {
        if (!takesEvents()) {
            throw new RefusedException(HttpServletResponse.SC_NOT_ACCEPTABLE, "Accept must allow text/event-stream");
        }
    }
}
