package io.unifiedmemory.memory.spi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A database as people and other instances see it. It is in a file or on a server: one of {@code path} and {@code url}
 * is null.
 *
 * @param path the absolute path of its file
 * @param url its address, without user and password
 * @param server the engine with its version; null for a file, and while it is not known
 * @param acknowledged what a write that was confirmed survives, in a few words; null for a file, and while it is not
 *     known
 * @param bytes its size, 0 when it does not exist yet; null when it is not known
 * @param freeBytes what its disk has left; null when it is not known
 */
public record DatabaseInfo(
        @Nullable String path,
        @Nullable String url,
        @Nullable String server,
        @Nullable String acknowledged,
        @Nullable Long bytes,
        @Nullable Long freeBytes) {

    /** One in a file. */
    public static DatabaseInfo ofFile(Path path, long bytes, @Nullable Long freeBytes) {
        return new DatabaseInfo(path.toString(), null, null, null, bytes, freeBytes);
    }

    /** One on a server. */
    public static DatabaseInfo ofServer(
            String url, @Nullable String server, @Nullable String acknowledged, @Nullable Long bytes) {
        return new DatabaseInfo(null, url, server, acknowledged, bytes, null);
    }
}
