package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The files of a folder or of a ZIP file. Names never lead outside, and nothing is unpacked to the disk. Stateless. */
final class Sources {

    /** Files of one folder or ZIP file. */
    private static final int MOST_FILES = 2_000_000;

    private Sources() {}

    static Source file(Path file, Meter meter) throws IOException {
        meter.expect(Files.size(file));
        return new OfFile(file, String.valueOf(file.getFileName()), meter);
    }

    private record OfFile(Path file, String name, Meter meter) implements Source {

        @Override
        public Instant modifiedAt() {
            try {
                return Files.getLastModifiedTime(file).toInstant();
            } catch (IOException e) {
                return Instant.EPOCH; // what follows cannot read the file either, and says why
            }
        }

        @Override
        public InputStream open() throws IOException {
            return new CountedStream(Files.newInputStream(file), meter::read);
        }
    }

    /**
     * The files below a folder by their names. Links are not followed, unless the folder is one itself, and folders that begin
     * with a dot are left out.
     */
    static List<Source> folder(Path given, Meter meter, Consumer<Item> items) throws IOException {
        Path folder = given.toRealPath();
        List<Source> sources = new ArrayList<>();
        Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), 100, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                if (!each.equals(folder) && String.valueOf(each.getFileName()).startsWith(".")) {
                    items.accept(new Item.Remark(name(each), "is a hidden folder, and left out"));
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                if (sources.size() == MOST_FILES) {
                    throw new TransferException(
                            folder + " has more than " + MOST_FILES + " files: import its folders one by one");
                }
                if (attributes.isRegularFile()) {
                    sources.add(new OfFile(each, name(each), meter));
                    meter.expect(attributes.size());
                } else {
                    items.accept(new Item.Unreadable(name(each), "is a link or no file, which is not followed"));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path each, IOException e) {
                items.accept(new Item.Unreadable(name(each), "cannot be read: " + e));
                return FileVisitResult.CONTINUE;
            }

            private String name(Path each) {
                return folder.relativize(each)
                        .toString()
                        .replace(folder.getFileSystem().getSeparator(), "/");
            }
        });
        sources.sort(Comparator.comparing(Source::name));
        return sources;
    }

    /** The files of a ZIP file by their names. */
    static List<Source> zip(ZipFile zip, Meter meter, Consumer<Item> items) {
        if (zip.size() > MOST_FILES) {
            throw new TransferException(zip.getName() + " has more than " + MOST_FILES + " files");
        }
        List<Source> sources = new ArrayList<>();
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
            ZipEntry entry = entries.nextElement();
            String name = entry.getName().replace('\\', '/');
            if (name.startsWith("/") || name.matches("[A-Za-z]:.*") || ("/" + name + "/").contains("/../")) {
                items.accept(new Item.Unreadable(name, "has a name that leads outside"));
            } else if (("/" + name).contains("/.") || name.startsWith("__MACOSX/")) {
                items.accept(new Item.Remark(name, "is a hidden file or folder, and left out"));
            } else if (!entry.isDirectory()) {
                sources.add(new OfZip(zip, entry, name, meter));
                meter.expect(Math.max(0, entry.getSize()));
            }
        }
        sources.sort(Comparator.comparing(Source::name));
        return sources;
    }

    private record OfZip(ZipFile zip, ZipEntry entry, String name, Meter meter) implements Source {

        @Override
        public @Nullable Instant modifiedAt() {
            return null; // the time in a ZIP file has no zone
        }

        @Override
        public InputStream open() throws IOException {
            return new UnpackedStream(
                    zip.getInputStream(entry), () -> Math.max(0, entry.getCompressedSize()), meter::read);
        }
    }
}
