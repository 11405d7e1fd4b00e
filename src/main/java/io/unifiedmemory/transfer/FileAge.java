package io.unifiedmemory.transfer;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How old a file is. What has no time of its own is as old as its file, so that an import that is repeated brings back nothing
 * that was deleted or corrected since. Immutable.
 *
 * @param written when the file was written, as far as the file system knows
 * @param now when it is imported; nothing in it was written later
 */
public record FileAge(Instant written, Instant now) {

    public FileAge {
        now = now.truncatedTo(ChronoUnit.MILLIS);
        written = written.isAfter(now) ? now : written.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Of a folder the newest file counts. A file of which nobody knows is as old as its import. */
    public static FileAge of(Path file, Instant now) throws IOException {
        if (!Files.exists(file)) {
            return new FileAge(now, now); // whoever reads it says so better
        }
        Instant[] newest = {Instant.EPOCH};
        Files.walkFileTree(file.toRealPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
                Instant written = attributes.lastModifiedTime().toInstant();
                newest[0] = attributes.isRegularFile() && written.isAfter(newest[0]) ? written : newest[0];
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path each, IOException e) {
                return FileVisitResult.CONTINUE; // whoever reads it says so
            }
        });
        return new FileAge(newest[0].equals(Instant.EPOCH) ? now : newest[0], now);
    }
}
