package io.unifiedmemory.transfer.format;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Cells of a CSV file that nobody's spreadsheet takes for formulas: a text that would begin one gets an apostrophe in front
 * (OWASP, "CSV Injection"), and so does one that has such an apostrophe by itself, so that the way back is exact. Stateless.
 */
final class CsvCells {

    static final List<String> COLUMNS = List.of(
            "user_id",
            "key",
            "value",
            "metadata",
            "created_at",
            "updated_at",
            "expires_at",
            "written_by",
            "version",
            "checksum");

    /** Stands before a version, which spreadsheets would round if it were a number. */
    static final String NO_NUMBER = "v";

    private static final Pattern FORMULA = Pattern.compile("'*[=+\\-@\\t\\r]");
    private static final Pattern QUOTED = Pattern.compile("[\",\\r\\n;\\t]");

    private CsvCells() {}

    /** A cell as it stands in the file. */
    static String written(String text) {
        String safe = FORMULA.matcher(text).lookingAt() ? "'" + text : text;
        boolean spaced = !safe.isEmpty() && (safe.charAt(0) == ' ' || safe.charAt(safe.length() - 1) == ' ');
        return spaced || QUOTED.matcher(safe).find() ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    /** The text of a cell that {@link #written} wrote. */
    static String read(String cell) {
        return cell.startsWith("'") && FORMULA.matcher(cell).lookingAt() ? cell.substring(1) : cell;
    }
}
