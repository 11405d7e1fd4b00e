package io.unifiedmemory.config;

import java.io.File;

/**
 * The encoding of the locale, in which the JVM names files on Unix. On Windows and macOS file names are Unicode whatever
 * the locale. Stateless.
 */
final class LocaleEncoding {

    private static final String NAME = System.getProperty("sun.jnu.encoding", "unknown");

    private LocaleEncoding() {}

    static boolean isUtf8() {
        return NAME.equals("UTF-8");
    }

    /** Whether a file of this name can be opened. */
    static boolean canName(String file) {
        return isUtf8() || File.separatorChar == '\\' || file.chars().allMatch(c -> c < 0x80);
    }

    /** Why a text of the environment or the name of a file is refused, and what to do. */
    static String remedy() {
        return isUtf8()
                ? "it is not UTF-8 text: write it in that encoding"
                : "it has characters outside ASCII, which Java cannot read or open in this process's locale (encoding "
                        + NAME + "): set LC_ALL=C.UTF-8 in its environment (the launcher"
                        + " bin/unified-memory does so where there is no locale)";
    }
}
