package io.unifiedmemory.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the memories of an index: those with a term, or with all or any of several. Immutable.
 *
 * <p>They are compared by hand, because they are compared all the time: what the JVM makes of a record for that is slower,
 * and made anew at every start.
 */
public sealed interface Expression {

    /**
     * One term of the index.
     *
     * @param kind what the term was read from
     * @param text the term without syntax, as {@code Analyzer} gives it
     */
    record Term(Kind kind, String text) implements Expression {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Term term && kind == term.kind && text.equals(term.text);
        }

        @Override
        public int hashCode() {
            return 31 * text.hashCode() + kind.hashCode();
        }
    }

    /** The memories that match every part; at least one part. */
    record AllOf(List<Expression> parts) implements Expression {
        public AllOf {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof AllOf all && parts.equals(all.parts);
        }

        @Override
        public int hashCode() {
            return parts.hashCode();
        }
    }

    /** The memories that match any part; at least one part. */
    record AnyOf(List<Expression> parts) implements Expression {
        public AnyOf {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof AnyOf any && parts.equals(any.parts);
        }

        @Override
        public int hashCode() {
            return ~parts.hashCode();
        }
    }

    /** The source of a term. */
    enum Kind {
        /** A word in its dictionary form, its stem. */
        STEM,
        /** A word that differs from its stem, as it was written: its surface. */
        SURFACE,
        /** The year of the memory's time. */
        YEAR,
        /** The month of the memory's time, 1 to 12. */
        MONTH,
        /** The day of the month of the memory's time. */
        DAY,
        /** A date that the memory's text names, or says in relation to its own, see {@link MentionedDates}. */
        MENTIONED
    }

    /** The memories with a stem. */
    static Expression stem(String stem) {
        return new Term(Kind.STEM, stem);
    }

    /** All parts, without a wrapper around a single one. */
    static Expression allOf(List<Expression> parts) {
        return parts.size() == 1 ? parts.get(0) : new AllOf(parts);
    }

    /** Any part, without a wrapper around a single one. */
    static Expression anyOf(List<Expression> parts) {
        return parts.size() == 1 ? parts.get(0) : new AnyOf(parts);
    }
}
