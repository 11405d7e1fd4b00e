package io.unifiedmemory.search;

import java.util.List;

/** Which memories are looked for in an index: those with a term, or with all or any of several. Immutable. */
public sealed interface Expression {

    /**
     * One term under which memories stand.
     *
     * @param kind what the term was read from
     * @param text without syntax, as {@code Analyzer} gives it
     */
    record Term(Kind kind, String text) implements Expression {}

    /** Those that every part finds; at least one part. */
    record AllOf(List<Expression> parts) implements Expression {
        public AllOf {
            parts = List.copyOf(parts);
        }
    }

    /** Those that any part finds; at least one part. */
    record AnyOf(List<Expression> parts) implements Expression {
        public AnyOf {
            parts = List.copyOf(parts);
        }
    }

    /** What a term was read from. */
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
        DAY
    }

    /** Those with a stem. */
    static Expression stem(String stem) {
        return new Term(Kind.STEM, stem);
    }

    /** All parts, without a box around a single one. */
    static Expression allOf(List<Expression> parts) {
        return parts.size() == 1 ? parts.get(0) : new AllOf(parts);
    }

    /** Any part, without a box around a single one. */
    static Expression anyOf(List<Expression> parts) {
        return parts.size() == 1 ? parts.get(0) : new AnyOf(parts);
    }
}
