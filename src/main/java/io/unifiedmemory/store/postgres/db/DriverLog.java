package io.unifiedmemory.store.postgres.db;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The driver's own log, which goes past ours to stderr, with stack traces. What it would say of a broken connection is in
 * the failure of the call, which is told or repeated.
 */
final class DriverLog {

    /** Held, because the platform forgets the level of a logger that nobody holds. */
    private static final Logger ALL = Logger.getLogger("org.postgresql");

    private DriverLog() {}

    /** From now on the driver logs nothing. */
    static void silence() {
        ALL.setLevel(Level.OFF);
    }
}
