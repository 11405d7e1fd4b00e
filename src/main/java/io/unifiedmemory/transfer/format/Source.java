package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A file that can be read from its beginning as often as need be, wherever it is. */
public interface Source {

    /** Its path within what is imported, with slashes between its parts; the name of the file where that is all. */
    String name();

    /** When the file was last written; null where nobody knows. */
    @Nullable
    Instant modifiedAt();

    /** The bytes of the file, unbuffered. */
    InputStream open() throws IOException;

    /** Names a place within the file for a person. */
    default String at(String place) {
        return name() + ", " + place;
    }
}
