package io.unifiedmemory.meaning;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder beside another, in which what takes its place is made. A locked file in it tells it from what others keep there,
 * and, once the process that made it has ended, from one that is in use. Not thread-safe.
 */
final class WorkFolder implements AutoCloseable {

    static final String LOCK = "unified-memory.lock";

    private final Path target;
    private final Path path;
    private final FileChannel lock;
    private boolean kept;

    private WorkFolder(Path target, Path path, FileChannel lock) {
        this.target = target;
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes one, and deletes those of installs that were killed.
     *
     * @param target the folder beside which it is
     */
    static WorkFolder beside(Path target) throws IOException {
        Path parent = target.getParent();
        if (parent == null) {
            throw new IOException(target + " is no folder for a model: name one in search.modelFolder");
        }
        Files.createDirectories(parent);
        sweep(parent, target.getFileName() + ".");
        Path path = Files.createTempDirectory(parent, target.getFileName() + ".");
        FileChannel lock =
                FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        return new WorkFolder(target, path, lock);
    }

    private static void sweep(Path parent, String prefix) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(prefix) + "\\d+");
        List<Path> siblings;
        try (Stream<Path> files = Files.list(parent)) {
            siblings = files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
        for (Path sibling : siblings) {
            if (Files.isRegularFile(sibling.resolve(LOCK)) && !isLocked(sibling.resolve(LOCK))) {
                delete(sibling);
            }
        }
    }

    private static boolean isLocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    Path path() {
        return path;
    }

    /**
     * Puts a folder in the place of the target. When that fails, the target is as it was.
     *
     * @param fresh a folder on the same disk
     */
    void replaceTarget(Path fresh) throws IOException {
        Path before = path.resolve("before");
        boolean there = Files.exists(target);
        if (there) {
            Files.move(target, before);
        }
        try {
            Files.move(fresh, target);
        } catch (IOException e) {
            if (there) {
                moveBack(before, e);
            }
            throw e;
        }
    }

    private void moveBack(Path before, IOException cause) throws IOException {
        try {
            Files.move(before, target);
        } catch (IOException e) {
            kept = true;
            cause.addSuppressed(e);
            throw new IOException(
                    target + " cannot be replaced: " + cause + "; what was there is in " + before + ": move it back",
                    cause);
        }
    }

    /** Deletes the folder with what is in it. */
    @Override
    public void close() throws IOException {
        lock.close();
        if (kept) {
            Files.delete(path.resolve(LOCK));
        } else {
            delete(path);
        }
    }

    /** Deletes a file, or a folder with what is in it; nothing when there is none. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
