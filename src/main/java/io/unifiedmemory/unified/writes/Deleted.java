package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.Removal;

/**
 * The result of a delete that at least one backend acknowledged.
 *
 * @param removal the largest number that one backend removed, and the newest memory that survived because it is newer
 * @param report where the delete arrived
 */
public record Deleted(Removal removal, WriteReport report) {}
