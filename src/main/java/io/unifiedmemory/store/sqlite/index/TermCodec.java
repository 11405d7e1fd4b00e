package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the terms of one user stand in the file. Each begins with the number of the user and a letter for its kind, so
 * that every list of postings belongs to one user and one kind, and nothing in a term is syntax. Immutable.
 */
final class TermCodec {

    private final String user;

    TermCodec(long user) {
        this.user = Long.toString(user);
    }

    /** Terms as FTS5 takes them up: separated by blanks. */
    String encode(Collection<Term> terms) {
        return terms.stream().map(this::encode).collect(Collectors.joining(" "));
    }

    private String encode(Term term) {
        return user + letter(term.kind()) + term.text();
    }

    /** An expression as FTS5 looks for it. */
    String match(Expression expression) {
        if (expression instanceof Expression.AllOf all) {
            return joined(all.parts(), " AND ");
        }
        if (expression instanceof Expression.AnyOf any) {
            return "(" + joined(any.parts(), " OR ") + ")";
        }
        return '"' + encode((Term) expression) + '"';
    }

    private String joined(List<Expression> parts, String operator) {
        return parts.stream().map(this::match).collect(Collectors.joining(operator));
    }

    /** Part of the file format. */
    private static char letter(Kind kind) {
        return switch (kind) {
            case STEM -> 'w';
            case SURFACE -> 'f';
            case YEAR -> 'y';
            case MONTH -> 'n';
            case DAY -> 'd';
            case MENTIONED -> 'm';
        };
    }
}
