package io.unifiedmemory.resources;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A memory as it stands in a list of resources. Immutable.
 *
 * @param uri its address, see {@link MemoryUri}
 * @param name its key
 * @param description the beginning of its text, in one line
 * @param bytes the size of its text in UTF-8
 * @param lastModified when it was last stored; null when that is not known
 */
public record Resource(
        String uri,
        String name,
        String description,
        long bytes,
        @Nullable Instant lastModified) {

    /** What the text of every memory is. */
    public static final String MIME_TYPE = "text/plain";

    private static final int DESCRIPTION_CHARS = 100;
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}\\p{Z}]+");

    static Resource of(MemoryEntry entry) {
        String value = entry.value();
        return new Resource(
                new MemoryUri(entry.userId(), entry.key()).toString(),
                entry.key(),
                beginning(value),
                value.getBytes(StandardCharsets.UTF_8).length,
                entry.updatedAt());
    }

    private static String beginning(String text) {
        String begins = Texts.cut(text, 4 * DESCRIPTION_CHARS);
        return Texts.shortened(BLANKS.matcher(begins).replaceAll(" ").strip(), DESCRIPTION_CHARS);
    }
}
