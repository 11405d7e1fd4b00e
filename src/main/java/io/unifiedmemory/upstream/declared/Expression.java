package io.unifiedmemory.upstream.declared;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An expression in JSONata that reads a reply or makes an argument. Thread-safe: each evaluation has the compiled
 * expression to itself and a fresh frame, because JSONata keeps the state of an evaluation in them.
 *
 * <p>Bounded: what takes too long, or nests too deeply, fails. The texts of other programs are data: {@code $eval}, which
 * would run them, is refused, and {@code $json} reads them.
 */
final class Expression {

    private static final long MOST_MILLIS = 2_000;
    private static final int MOST_DEPTH = 200;

    /** More than anybody writes by hand, and little enough that it is parsed at once. */
    static final int MOST_CHARS = 10_000;

    private final String text;
    private final String place;
    private final Queue<Jsonata> idle = new ConcurrentLinkedQueue<>();

    private Expression(String text, String place) {
        this.text = text;
        this.place = place;
    }

    /**
     * Compiles an expression.
     *
     * @param place where it stands in the contract, for messages
     * @throws IllegalArgumentException when it is none
     */
    static Expression compile(String text, String place) {
        if (text.length() > MOST_CHARS) {
            throw Fault.at(place, "must have at most " + MOST_CHARS + " characters, not " + text.length());
        }
        if (text.contains("$eval")) {
            throw Fault.at(
                    place,
                    "must not use $eval, which would run what a server answers; $json(text) reads a text as JSON");
        }
        RegexPlaces.requireBounded(text, place);
        Expression expression = new Expression(text, place);
        expression.idle.add(expression.parsed());
        return expression;
    }

    private Jsonata parsed() {
        try {
            return Jsonata.jsonata(text);
        } catch (JException e) {
            throw Fault.at(place, "is no JSONata: " + e.getMessage() + " (at character " + e.getLocation() + ")");
        } catch (RuntimeException | StackOverflowError e) {
            throw Fault.at(place, "is no JSONata: " + e);
        }
    }

    /** Where it stands in the contract. */
    String place() {
        return place;
    }

    /** Whether its text names a variable. */
    boolean names(String variable) {
        return Pattern.compile("(?<![\\w$.'\"])" + variable + "(?![\\w'\"])")
                .matcher(text)
                .find();
    }

    /**
     * The value of the expression; null where it has none.
     *
     * @throws BackendException of kind {@code BROKEN} when it fails or takes too long
     */
    @Nullable
    Object valueOf(Map<String, Object> variables) {
        Jsonata own = idle.poll();
        Jsonata jsonata = own == null ? parsed() : own;
        long deadline = System.nanoTime() + MOST_MILLIS * 1_000_000;
        try {
            Jsonata.Frame frame = jsonata.createFrame();
            frame.setRuntimeBounds(MOST_MILLIS, MOST_DEPTH);
            BoundedFunctions.bind(frame, deadline);
            Object value = Utils.convertNulls(jsonata.evaluate(variables, frame));
            idle.add(jsonata);
            return value == Jsonata.NULL_VALUE ? null : value;
        } catch (BackendException e) {
            throw e;
        } catch (JException e) {
            throw failed("error " + e.getError() + " at character " + e.getLocation());
        } catch (RuntimeException | StackOverflowError e) {
            throw failed(e.getClass().getSimpleName());
        }
    }

    /** Whether the value is true, and not something that may count as true. */
    boolean holds(Map<String, Object> variables) {
        return Boolean.TRUE.equals(valueOf(variables));
    }

    /** The message names no value: it may be somebody's memory. */
    private BackendException failed(String why) {
        return UpstreamFailures.broken(
                "the contract's expression " + place + " cannot read this: " + why,
                "is the server of the version that the contract was written for?");
    }
}
