package io.unifiedmemory;

/** The log goes to stderr, where clients collect it. */
final class Logging {

    private static final String SIMPLE = "org.slf4j.simpleLogger.";

    private Logging() {}

    /**
     * Sets how much this program logs; libraries stay at warnings unless it is {@code debug}. Call before anything logs:
     * later it has no effect.
     */
    static void setLevel(String level) {
        useProvider();
        boolean all = level.equals("debug");
        set("log.io.unifiedmemory", level);
        set("log.io.modelcontextprotocol", all ? "info" : "error");
        set("defaultLogLevel", "warn");
        // Milliseconds since the start: to prepare for the time of day would take a tenth of a start, line or no line.
        set("showDateTime", "true");
        set("showThreadName", "false");
        set("showShortLogName", "true");
    }

    /** Named, because searching for it would open the jar; and not announced. */
    private static void useProvider() {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
    }

    private static void set(String name, String value) {
        System.setProperty(SIMPLE + name, value);
    }
}
