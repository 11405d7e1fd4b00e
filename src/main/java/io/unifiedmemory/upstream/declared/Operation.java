package io.unifiedmemory.upstream.declared;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call that a contract declares: the tool, its arguments, and how the reply is judged and read. Immutable.
 *
 * @param missing whether the reply says that there is nothing; null when that never needs to be said
 * @param ok whether the call succeeded; null when the server's own mark of errors is enough
 * @param items what the reply holds; null for calls of which only success matters
 * @param more whether a list goes on: true, or the text that is {@code cursor} for its next page
 */
record Operation(
        Name name,
        String tool,
        Template arguments,
        @Nullable Expression missing,
        @Nullable Expression ok,
        @Nullable Expression items,
        @Nullable Expression more) {

    private static final Set<String> FIELDS = Set.of("tool", "arguments", "missing", "ok", "items", "more");

    /** What a call is for. */
    enum Name {
        /** Makes the place in which memories are kept; called once per connection, and may fail. */
        SETUP,
        /** Finds the copies at the address of one memory. */
        FIND,
        CREATE,
        /** Replaces the copy with an id. Without it, a memory is replaced by creating a new copy. */
        UPDATE,
        /** Deletes the copy with an id. */
        DELETE,
        /** Reads the copy with an id, for finds, lists and searches that do not bring its text. */
        GET,
        SEARCH,
        LIST,
        /** A cheap call that reads the server's data; without it, something is looked for that is never there. */
        CHECK;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        private boolean reads() {
            return this == FIND || this == GET || this == SEARCH || this == LIST;
        }
    }

    /** Whether the call destroys something, so that no argument of it may be left out. */
    boolean deletes() {
        return name == Name.DELETE;
    }

    /**
     * Compiles a declaration.
     *
     * @throws IllegalArgumentException when it cannot work
     */
    static Operation compile(Name name, Declaration declared) {
        declared.requireOnly(FIELDS);
        Operation operation = new Operation(
                name,
                declared.text("tool"),
                Template.compile(declared.object("arguments")),
                declared.expression("missing"),
                declared.expression("ok"),
                declared.expression("items"),
                declared.expression("more"));
        if (name.reads() == (operation.items == null)) {
            throw Fault.at(
                    declared.at("items"),
                    name.reads() ? "is missing: it says what the reply holds" : "has no meaning here");
        }
        if (operation.more != null && name != Name.LIST) {
            throw Fault.at(declared.at("more"), "has no meaning here: only a list has pages");
        }
        if (operation.deletes() && !operation.arguments.names("id", "hash", "name", "key")) {
            throw Fault.at(
                    declared.at("arguments"),
                    "must say what to delete, by an expression with id, hash, name or key: it would delete everything");
        }
        return operation;
    }
}
