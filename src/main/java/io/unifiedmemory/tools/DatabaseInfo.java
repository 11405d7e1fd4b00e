package io.unifiedmemory.tools;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The local database file as it is now.
 *
 * @param path absolute
 * @param bytes its size, 0 when it does not exist yet
 * @param freeBytes what its disk has left; null when it is not known
 * @param identity a name that no other file has anywhere, copies of this one included; null when it is not known
 */
public record DatabaseInfo(
        String path, long bytes, @Nullable Long freeBytes, Supplier<@Nullable String> identity) {

    /** A file without a name. */
    public DatabaseInfo(String path, long bytes) {
        this(path, bytes, null, () -> null);
    }
}
