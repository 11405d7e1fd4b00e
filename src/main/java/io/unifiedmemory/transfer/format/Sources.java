package io.unifiedmemory.transfer.format;

import java.io.FilterInputStream;
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

    /** What a ZIP entry may unpack to without anybody asking how small it was. */
    private static final long HARMLESS_BYTES = 64L * 1024 * 1024;

    /** Text is packed to a tenth, and to a hundredth where it repeats itself; a bomb to a thousandth. */
    private static final long LARGEST_RATIO = 200;

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
            return new Counted(Files.newInputStream(file), meter);
        }
    }

    /** The files below a folder by their names. Links are not followed, and folders that begin with a dot are left out. */
    static List<Source> folder(Path folder, Meter meter, Consumer<Item> items) throws IOException {
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
            } else if (!entry.isDirectory() && !("/" + name).contains("/.") && !name.startsWith("__MACOSX/")) {
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
            long most = Math.max(HARMLESS_BYTES, LARGEST_RATIO * Math.max(0, entry.getCompressedSize()));
            return new Bounded(zip.getInputStream(entry), most, meter);
        }
    }

    /** Tells a meter what is read of a stream. */
    private static class Counted extends FilterInputStream {

        private final Meter meter;

        Counted(InputStream in, Meter meter) {
            super(in);
            this.meter = meter;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count(Math.max(0, read));
            return read;
        }

        void count(int read) throws IOException {
            meter.read(read);
        }
    }

    /** Refuses a stream that goes on for too long. */
    private static final class Bounded extends Counted {

        private long left;

        Bounded(InputStream in, long most, Meter meter) {
            super(in, meter);
            this.left = most;
        }

        @Override
        void count(int read) throws IOException {
            super.count(read);
            left -= read;
            if (left < 0) {
                throw new IOException(
                        "it unpacks to " + LARGEST_RATIO
                                + " times its size, as no text does; unpack it yourself if you trust it, and import the folder");
            }
        }
    }
}
