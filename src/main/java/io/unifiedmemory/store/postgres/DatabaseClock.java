package io.unifiedmemory.store.postgres;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The time that all instances agree on. Immutable. */
final class DatabaseClock {

    /** Milliseconds since the epoch, when the statement runs. */
    private static final String NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";

    private final @Nullable Clock instead;

    /** @param instead what counts instead of the clock of the database; null in every use but tests */
    DatabaseClock(@Nullable Clock instead) {
        this.instead = instead;
    }

    /** An expression for the time in milliseconds since the epoch. */
    String sql() {
        return instead == null ? NOW : Long.toString(instead.millis());
    }
}
