package io.unifiedmemory.memory;

/**
 * What a delete did in one backend.
 *
 * @param count how many memories it removed, 0 or more
 * @param survivor the newest version among the memories that the delete named and that the backend still holds because
 *     they are newer than the delete; {@link Version#NONE} when none survived
 */
public record Removal(long count, Version survivor) {}
