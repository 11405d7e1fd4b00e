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
        boolean all = level.equals("debug");
        set("log.io.unifiedmemory", level);
        set("log.io.modelcontextprotocol", all ? "info" : "error");
        set("defaultLogLevel", "warn");
        set("showDateTime", "true");
        set("dateTimeFormat", "HH:mm:ss.SSS");
        set("showThreadName", "false");
        set("showShortLogName", "true");
    }

    private static void set(String name, String value) {
        System.setProperty(SIMPLE + name, value);
    }
}
