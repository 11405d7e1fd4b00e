package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Pause;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Files beside the database that say which child processes run, one for each. The end of its input ends a child, also when
 * this program is killed, but not one that is frozen or reads nothing: the next program on the database ends that, before
 * it starts one of its own on the same data. Thread-safe.
 *
 * <p>A process identifier is given again sooner or later, and nobody else's process may be ended: a process is the noted one
 * only if it started at the noted time, from the same program, and within the same system of process identifiers. Notes of
 * other accounts are not believed.
 */
public final class ChildNotes {

    private static final Logger LOG = LoggerFactory.getLogger(ChildNotes.class);

    /** Of one start two programs may compute times that differ by as much, since the system counts from its own start. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private static final int MAX_TRIES = 200;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Path IDENTIFIERS = Path.of("/proc/self/ns/pid");

    private final Path folder;
    private final String prefix;

    /** @param database beside which the files are kept */
    public ChildNotes(Path database) {
        Path file = database.toAbsolutePath();
        this.folder = file.resolveSibling("");
        this.prefix = file.getFileName() + ".child-";
    }

    /**
     * Notes a child with the processes that belong to it. What cannot be noted is not ended later, and no more. The note is
     * not forced to the disk: after a crash of the machine there is no process to end.
     */
    void keep(long child, Collection<ProcessHandle> processes) {
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("identifiers", identifiers());
        note.put("owner", described(ProcessHandle.current()));
        note.put("processes", processes.stream().map(ChildNotes::described).toList());
        try {
            Path written = Files.writeString(folder.resolve(prefix + child + ".new"), Json.write(note));
            Files.move(written, file(child), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("a running child process cannot be noted in {}: {}", folder, e.toString());
        }
    }

    void forget(long child) {
        delete(file(child));
    }

    /** Ends what is noted and has outlived the program that started it. */
    void endOrphans() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, path -> isNote(path))) {
            for (Path file : files) {
                if (isOurs(file)) {
                    endOrphans(file);
                }
            }
        } catch (IOException e) {
            LOG.debug("notes of child processes in {} cannot be read: {}", folder, e.toString());
        }
    }

    private void endOrphans(Path file) throws IOException {
        Map<String, Object> note;
        try {
            note = Json.parseObject(Files.readString(file));
        } catch (JacksonException e) {
            delete(file);
            return;
        }
        if (!identifiers().equals(note.get("identifiers"))
                || find(note.get("owner")).isPresent()) {
            return;
        }
        List<ProcessHandle> orphans = new ArrayList<>();
        for (Object process : note.get("processes") instanceof List<?> processes ? processes : List.of()) {
            find(process).ifPresent(orphan -> {
                orphan.descendants().forEach(orphans::add);
                orphans.add(orphan);
            });
        }
        if (!orphans.isEmpty()) {
            LOG.info("ending {} processes that an earlier run left behind", orphans.size());
            orphans.forEach(ProcessHandle::destroyForcibly);
            await(orphans);
        }
        delete(file);
    }

    /** Not by {@link ProcessHandle#onExit}: that waits for whoever is the parent now to take notice, too. */
    private static void await(List<ProcessHandle> ended) {
        boolean waits = true;
        for (int tries = 0; waits && ended.stream().anyMatch(ProcessHandle::isAlive); tries++) {
            if (tries == MAX_TRIES) {
                LOG.warn("a process that an earlier run left behind does not end");
                return;
            }
            waits = Pause.of(BETWEEN_LOOKS);
        }
    }

    private boolean isNote(Path file) {
        return file.getFileName().toString().matches(Pattern.quote(prefix) + "\\d+");
    }

    private static boolean isOurs(Path file) throws IOException {
        String account = System.getProperty("user.name", "");
        String owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
        boolean own = owner.equals(account) || owner.endsWith("\\" + account); // Windows names the domain, too
        return own && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Map<String, Object> described(ProcessHandle process) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("pid", process.pid());
        process.info().startInstant().ifPresent(start -> described.put("started", start.toEpochMilli()));
        process.info().command().ifPresent(command -> described.put("command", command));
        return described;
    }

    /** The process that was described, if it still runs. */
    private static Optional<ProcessHandle> find(@Nullable Object description) {
        if (!(description instanceof Map<?, ?> process)
                || !(process.get("pid") instanceof Number pid)
                || !(process.get("started") instanceof Number started)
                || !(process.get("command") instanceof String command)) {
            return Optional.empty();
        }
        Instant start = Instant.ofEpochMilli(started.longValue());
        return ProcessHandle.of(pid.longValue())
                .filter(ProcessHandle::isAlive)
                .filter(running ->
                        running.info().command().filter(command::equals).isPresent())
                .filter(running -> running.info()
                        .startInstant()
                        .filter(now -> Duration.between(start, now).abs().compareTo(TOLERANCE) <= 0)
                        .isPresent());
    }

    /** Names the system in which process identifiers count; that of another container is another. */
    private static String identifiers() {
        try {
            return Files.readSymbolicLink(IDENTIFIERS).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return ""; // there is one for the whole machine
        }
    }

    private Path file(long child) {
        return folder.resolve(prefix + child);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted: {}", file, e.toString());
        }
    }
}
