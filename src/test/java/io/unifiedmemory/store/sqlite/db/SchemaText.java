package io.unifiedmemory.store.sqlite.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The schema of a file as one text, in whatever order its parts were made. */
public final class SchemaText {

    /** Without the tables in which FTS5 keeps an index: they are its own, and SQLite's version decides on them. */
    private static final String PARTS = """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT LIKE 'search\\_term\\_%' ESCAPE '\\'
            ORDER BY type, name""";

    private SchemaText() {}

    public static String of(Handle session) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet parts = session.query(PARTS)) {
            while (parts.next()) {
                text.append(text.isEmpty() ? "" : "\n")
                        .append(parts.getString(1))
                        .append(";\n");
            }
        }
        return text.toString();
    }

    /** That of the newest step. */
    public static String frozen() throws IOException {
        try (InputStream in = SchemaText.class.getResourceAsStream("schema.sql")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** How many steps lead to the newest schema. */
    public static int newest() {
        return Migrations.NEWEST;
    }
}
