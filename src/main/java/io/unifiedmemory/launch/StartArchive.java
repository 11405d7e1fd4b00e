package io.unifiedmemory.launch;

import io.unifiedmemory.memory.util.AtomicFile;
import io.unifiedmemory.memory.util.FileTree;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of loaded classes with which the launcher starts the JVM: one for each installation and build of Java.
 * The JVM refuses an archive of another jar or another JVM by itself; the note beside the archive says whose it is, so
 * that a useless one is made anew, and how large it is, so that the launcher leaves a damaged one alone.
 */
public final class StartArchive {

    /** Set by the launcher: where the archive belongs. */
    static final String PROPERTY = "unified-memory.archive";

    /** A new session is busy in its first seconds. */
    private static final long QUIET_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(StartArchive.class);

    private static final int FIRST_WITH_AOT_CACHE = 25;

    private final Path file;
    private final Path jar;

    private StartArchive(Path file, Path jar) {
        this.file = file;
        this.jar = jar;
    }

    /** The archive of this installation; null when the program was started without the launcher. */
    public static @Nullable StartArchive ofLauncher() {
        String file = System.getProperty(PROPERTY);
        Path jar = Path.of(System.getProperty("java.class.path"));
        // A colon separates two archives of which one builds on the other; the JVM writes the time for %t, its id for
        // %p.
        boolean usable =
                file != null && !file.contains(File.pathSeparator) && !file.contains("%") && Files.isRegularFile(jar);
        return usable ? new StartArchive(Path.of(Objects.requireNonNull(file)), jar) : null;
    }

    public Path file() {
        return file;
    }

    /** Does {@link #makeIfNeeded} some time after the start, when the client has got what it waits for. */
    public void makeLaterIfNeeded() {
        CompletableFuture.delayedExecutor(QUIET_SECONDS, TimeUnit.SECONDS).execute(this::makeIfNeeded);
    }

    /**
     * Makes the archive in a process of its own, unless a good one is there, be it one that came with the installation.
     * The process runs with the lowest priority and outlives this one.
     */
    private void makeIfNeeded() {
        try {
            String extension = file.toString().substring(file.toString().lastIndexOf('.'));
            if (!isCurrent(file) && !isCurrent(jar.resolveSibling("unified-memory" + extension))) {
                List<String> command = TrainingRun.thisProgram();
                command.add("train");
                start(command);
            }
        } catch (IOException e) {
            LOG.debug("the archive cannot be made", e);
        }
    }

    private static void start(List<String> command) throws IOException {
        List<String> nice = new ArrayList<>(List.of("nice", "-n", "19"));
        nice.addAll(command);
        boolean windows = File.separatorChar == '\\';
        new ProcessBuilder(windows ? command : nice)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .getOutputStream()
                .close();
    }

    /** Whether an archive is there and was made of this jar and by this JVM. */
    private boolean isCurrent(Path archive) {
        try {
            List<String> note = Files.readAllLines(note(archive));
            return note.size() == 2
                    && note.get(0).equals(Long.toString(Files.size(archive)))
                    && note.get(1).equals(maker());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes the archive by a training run and puts it in place; false when another process is just doing that.
     *
     * @throws IOException when the folder cannot be written or the training run fails
     */
    public boolean make() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        Path lock = folder.resolve(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock mine = channel.tryLock()) {
            if (mine == null) {
                return false;
            }
            // Not in the temporary folder: what a killed run leaves behind is cleared away by the next.
            Path work = folder.resolve(file.getFileName() + ".work");
            Path fresh = folder.resolve(file.getFileName() + ".new");
            try {
                Files.deleteIfExists(fresh);
                FileTree.delete(work);
                new TrainingRun(Files.createDirectory(work), option(fresh)).run();
                install(fresh);
            } finally {
                Files.deleteIfExists(fresh);
                FileTree.delete(work);
            }
            return true;
        }
    }

    /** Deletes the archive and what lies beside it. */
    public void remove() throws IOException {
        Files.deleteIfExists(note(file));
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".lock"));
    }

    /** The old note goes first: without one the launcher uses no archive. */
    private void install(Path fresh) throws IOException {
        if (!Files.isRegularFile(fresh)) {
            throw new IOException("this JVM made no archive");
        }
        Path note = note(fresh);
        Files.write(note, List.of(Long.toString(Files.size(fresh)), maker()));
        Files.deleteIfExists(note(file));
        AtomicFile.moveIntoPlace(fresh, file);
        AtomicFile.moveIntoPlace(note, note(file));
    }

    private static Path note(Path archive) {
        return archive.resolveSibling(archive.getFileName() + ".note");
    }

    private static String option(Path archive) {
        boolean aot = Runtime.version().feature() >= FIRST_WITH_AOT_CACHE;
        return (aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive;
    }

    private String maker() throws IOException {
        return System.getProperty("java.vm.version") + " " + Files.size(jar) + " "
                + Files.getLastModifiedTime(jar).toMillis();
    }
}
