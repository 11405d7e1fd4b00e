package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether data of another program can be valid. Faults are described by a clause that follows "a memory, ".
 * Thread-safe.
 *
 * <p>A version or time more than a day ahead of the clock here comes from a broken clock: such a memory would win
 * against every write until then, and pull the versions of new writes forward. The other limits are the largest that an
 * instance of this server can have.
 */
final class Plausibility {

    private static final Limits LIMITS = Limits.DEFAULT;

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Clock clock;

    Plausibility(Clock clock) {
        this.clock = clock;
    }

    /** Says why a version cannot be valid; null when it can. */
    @Nullable
    String fault(HlcTimestamp version) {
        return ahead("version", version.millis());
    }

    /**
     * Says why an entry cannot be valid; null when it can. An entry that another program wrote, without a version, is
     * shown as it is and never stored here, so it need not fit the limits of the store.
     */
    @Nullable
    String fault(MemoryEntry entry) {
        String fault = fault(entry.version());
        if (fault == null) {
            fault = fault("time of creation", entry.createdAt());
        }
        if (fault == null) {
            fault = fault("time of update", entry.updatedAt());
        }
        if (fault == null && !isOfTheYears(entry.expiresAt())) {
            fault = "whose time of expiry is not of the years 1 to 9999";
        }
        return fault != null || entry.version().equals(HlcTimestamp.NONE) ? fault : contentFault(entry);
    }

    private @Nullable String fault(String what, @Nullable Instant time) {
        if (time == null) {
            return null;
        }
        return !isOfTheYears(time)
                ? "whose " + what + " is not of the years 1 to 9999"
                : ahead(what, time.toEpochMilli());
    }

    private static boolean isOfTheYears(@Nullable Instant time) {
        return time == null || !(time.isBefore(EARLIEST) || time.isAfter(LATEST));
    }

    private @Nullable String ahead(String what, long millis) {
        long now = clock.millis();
        return HlcTimestamp.isCredible(millis, now)
                ? null
                : "whose " + what + " is " + Duration.ofMillis(millis - now).toDays()
                        + " days ahead of the clock here (is one of the clocks wrong?)";
    }

    private static @Nullable String contentFault(MemoryEntry entry) {
        String fault = Names.fault(entry.key(), LIMITS.maxNameChars());
        if (fault != null) {
            return "whose key " + fault;
        }
        if (exceeds(entry.value(), LIMITS.maxValueBytes())) {
            return "whose value is larger than " + LIMITS.maxValueBytes() + " bytes";
        }
        fault = Names.unicodeFault(entry.value());
        if (fault != null) {
            return "whose value " + fault;
        }
        String metadata = entry.metadata().isEmpty() ? "{}" : Json.write(entry.metadata());
        if (exceeds(metadata, LIMITS.maxMetadataBytes())) {
            return "whose metadata is larger than " + LIMITS.maxMetadataBytes() + " bytes";
        }
        fault = Names.unicodeFault(metadata);
        if (fault != null) {
            return "whose metadata " + fault;
        }
        fault = entry.writtenBy() == null ? null : Names.unicodeFault(entry.writtenBy());
        return fault == null ? null : "whose writer " + fault;
    }

    private static boolean exceeds(String text, int maxBytes) {
        return text.length() > maxBytes
                || (text.length() > maxBytes / 3 && text.getBytes(StandardCharsets.UTF_8).length > maxBytes);
    }
}
