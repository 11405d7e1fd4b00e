package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.unified.writes.OnConflict;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a file is imported.
 *
 * @param userId where the file names users, the only one whose memories are taken; otherwise whose memories they become;
 *     null for all users of the file
 * @param defaultUser whose memories those become that name no user, where no user is given; null when nobody knows
 * @param users whose memories may be written; those of others are unreadable
 * @param versions which versions memories and deletes of the file may bring along; those with others are unreadable
 * @param conflict what happens where a key is held already
 * @param dryRun whether nothing is written
 * @param limits how large a memory may be
 */
public record ImportOptions(
        @Nullable String userId,
        @Nullable String defaultUser,
        Predicate<String> users,
        Predicate<HlcTimestamp> versions,
        OnConflict conflict,
        boolean dryRun,
        Limits limits) {}
