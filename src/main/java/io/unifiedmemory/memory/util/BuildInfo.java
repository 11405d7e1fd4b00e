package io.unifiedmemory.memory.util;

/**
 * The versions of this program and of what it keeps outside its jar, as in the {@code pom.xml}. Constants: to read them
 * from a file in the jar would mean to open it, which a start from a class archive does not need to do otherwise.
 */
public final class BuildInfo {

    private static final String PROGRAM = "0.1.0";
    private static final String SQLITE = "3.54.1.0";

    private BuildInfo() {}

    /** Of this program. */
    public static String current() {
        return PROGRAM;
    }

    /** Of the SQLite driver in the jar, whose native library belongs to it. */
    public static String sqlite() {
        return SQLITE;
    }
}
