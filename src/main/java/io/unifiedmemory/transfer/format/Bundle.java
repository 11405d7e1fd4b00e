package io.unifiedmemory.transfer.format;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Where a format that is many files puts them. */
interface Bundle extends Closeable {

    /** Adds a file; its name has slashes between its parts. */
    void add(String name, byte[] content) throws IOException;

    /** Files in a folder that exists. */
    static Bundle in(Path folder) {
        return new Bundle() {
            @Override
            public void add(String name, byte[] content) throws IOException {
                Path file = folder.resolve(name).normalize();
                if (!file.startsWith(folder.normalize())) {
                    throw new IOException(name + " leads out of " + folder);
                }
                Files.createDirectories(file.getParent());
                Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }

            @Override
            public void close() {
                // Every file is closed.
            }
        };
    }

    /** Entries of a ZIP file. Their times are those of the format's epoch, so that the same memories make the same file. */
    static Bundle zip(OutputStream out) {
        ZipOutputStream zip = new ZipOutputStream(out);
        return new Bundle() {
            @Override
            public void add(String name, byte[] content) throws IOException {
                ZipEntry entry = new ZipEntry(name);
                entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }

            @Override
            public void close() throws IOException {
                zip.close();
            }
        };
    }
}
