package io.unifiedmemory.tools;

/**
 * The local database file as it is now.
 *
 * @param path absolute
 * @param bytes its size, 0 when it does not exist yet
 */
public record DatabaseFile(String path, long bytes) {}
