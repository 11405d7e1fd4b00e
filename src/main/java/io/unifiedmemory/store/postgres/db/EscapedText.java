package io.unifiedmemory.store.postgres.db;

/**
 * Texts as PostgreSQL can hold them: it has no U+0000. That character stands as U+FDD0 0, and U+FDD0, which Unicode
 * reserves for such uses inside of a program, as U+FDD0 1. All other texts stand as they are. Stateless.
 */
public final class EscapedText {

    /** What texts contain that stand in another form. To be given to the database as it is. */
    public static final Sql.Raw MARK = new Sql.Raw("\uFDD0");

    private static final char ESCAPE = '\uFDD0';

    private EscapedText() {}

    /** The text as it is written to the database. */
    static String write(String text) {
        if (text.indexOf('\0') < 0 && text.indexOf(ESCAPE) < 0) {
            return text;
        }
        return text.replace(String.valueOf(ESCAPE), ESCAPE + "1").replace("\0", ESCAPE + "0");
    }

    /** The text that was written. */
    static String read(String text) {
        return text.indexOf(ESCAPE) < 0
                ? text
                : text.replace(ESCAPE + "0", "\0").replace(ESCAPE + "1", String.valueOf(ESCAPE));
    }
}
