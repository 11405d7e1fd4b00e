package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.Removal;

/**
 * The result of a delete that at least one backend acknowledged.
 *
 * @param removal the most that one backend removed, and the newest memory that survived because it is newer
 * @param report where it arrived
 */
public record Deleted(Removal removal, WriteReport report) {}
