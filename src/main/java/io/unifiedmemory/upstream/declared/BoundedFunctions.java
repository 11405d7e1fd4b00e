package io.unifiedmemory.upstream.declared;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Functions of JSONata that differ in a contract: {@code $eval} is refused, {@code $json} reads a text as JSON, and those
 * that match a regular expression stop at the deadline, as JSONata itself only does between its own steps. Stateless.
 */
final class BoundedFunctions {

    private BoundedFunctions() {}

    /** @param deadline of the evaluation, as of {@link System#nanoTime} */
    static void bind(Jsonata.Frame frame, long deadline) {
        frame.bind(
                "eval",
                Jsonata.function(
                        "eval",
                        (Object text, Object context) -> {
                            throw UpstreamFailures.broken(
                                    "a contract uses $eval, which would run the text of another program",
                                    "read a text as JSON with $json(text)");
                        },
                        "<sx?:x>"));
        frame.bind("json", Jsonata.function("json", (Object text) -> json(text), "<x-:x>"));
        frame.bind(
                "contains",
                Jsonata.function(
                        "contains",
                        (String text, Object part) ->
                                text == null ? null : Functions.contains(text, bounded(text, part, deadline)),
                        "<s-(sf):b>"));
        frame.bind(
                "match",
                Jsonata.function(
                        "match",
                        (String text, Pattern part, Integer limit) -> text == null
                                ? null
                                : Functions.match(text, (Pattern) bounded(text, part, deadline), limit),
                        "<s-f<s:o>n?:a<o>>"));
        frame.bind(
                "split",
                Jsonata.function(
                        "split",
                        (String text, Object part, Number limit) ->
                                text == null ? null : Functions.split(text, bounded(text, part, deadline), limit),
                        "<s-(sf)n?:a<s>>"));
        frame.bind(
                "replace",
                Jsonata.function(
                        "replace",
                        (String text, Object part, Object by, Integer limit) ->
                                text == null ? null : Functions.replace(text, bounded(text, part, deadline), by, limit),
                        "<s-(sf)(sf)n?:s>"));
    }

    private static @Nullable Object json(@Nullable Object text) {
        try {
            return text instanceof String json ? Json.parse(json) : text;
        } catch (JacksonException e) {
            return null; // prose
        }
    }

    /** The part itself, once it is certain that it is matched in time: what follows does the same once more. */
    private static Object bounded(String text, Object part, long deadline) {
        if (part instanceof Pattern pattern) {
            Matcher matcher = pattern.matcher(new Deadlined(text, deadline));
            boolean more = true;
            while (more) {
                more = matcher.find();
            }
        }
        return part;
    }

    /** A text that cannot be read any more once the time is over. */
    private record Deadlined(String text, long deadline) implements CharSequence {

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (System.nanoTime() - deadline > 0) {
                throw UpstreamFailures.broken(
                        "a regular expression of the contract takes too long for what the server answered",
                        "avoid repetitions within repetitions");
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Deadlined(text.substring(start, end), deadline);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
