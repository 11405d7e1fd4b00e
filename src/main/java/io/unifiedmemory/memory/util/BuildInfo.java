package io.unifiedmemory.memory.util;

/**
 * The versions of this program and of what it keeps outside its jar, as in the {@code pom.xml}. They are constants
 * because a start from a class archive does not open the jar, and reading a file in it would.
 */
public final class BuildInfo {

    private static final String PROGRAM = "0.1.0";
    private static final String SQLITE = "3.54.1.0";

    private BuildInfo() {}

    /** The version of this program. */
    public static String current() {
        return PROGRAM;
    }

    /** The version of the SQLite driver in the jar, and of the native library that belongs to it. */
    public static String sqlite() {
        return SQLITE;
    }
}
