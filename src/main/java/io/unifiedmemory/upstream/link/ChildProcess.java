package io.unifiedmemory.upstream.link;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process that does not outlive this program, nor do its own children: {@code npx} runs the server as one.
 * Thread-safe.
 */
final class ChildProcess {

    private static final long INPUT_GRACE_MILLIS = 1000;
    private static final long GRACE_MILLIS = 2000;
    private static final String OUR_OPTIONS = "UNIFIED_MEMORY_";
    /** How many of us stand above this process, so that a configuration that names itself cannot start ever more. */
    private static final String NESTING = "UNIFIED_MEMORY_NESTING";

    /** Set by the launcher where this process needs another locale than the programs that it starts. */
    private static final String LOCALE_OF_CHILDREN = OUR_OPTIONS + "LC_ALL";

    private static final int MAX_NESTING = 3;
    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Object START = new Object();
    private static boolean hooked;
    private static boolean ending;

    private final Process process;
    private final @Nullable ChildNotes notes;
    private final Set<ProcessHandle> descendants = new LinkedHashSet<>();

    private ChildProcess(Process process, @Nullable ChildNotes notes) {
        this.process = process;
        this.notes = notes;
    }

    /** Only we set the variable: what is no number was meant for something else. */
    static int nesting(String variable) {
        return variable.matches("\\d{1,9}") ? Integer.parseInt(variable) : 0;
    }

    /**
     * Starts a program with {@code environment} added to that of this process. Our own options are not passed on: a
     * child that is another instance of us must not use our database, nor start its own upstreams from our file.
     *
     * @param notes where it is noted while it runs; what is noted there and has outlived its program is ended first. Null
     *     for nowhere
     */
    static ChildProcess start(List<String> command, Map<String, String> environment, @Nullable ChildNotes notes)
            throws IOException {
        int nesting = nesting(System.getenv().getOrDefault(NESTING, ""));
        if (nesting >= MAX_NESTING) {
            throw new IOException("this server was itself started as an upstream, " + nesting
                    + " levels deep: does a configuration name itself as an upstream?");
        }
        requirePassable(command);
        requirePassable(environment.values());
        if (notes != null) {
            notes.endOrphans();
        }
        synchronized (START) {
            if (ending) {
                throw new IOException("this program is ending");
            }
            if (!hooked) {
                Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::endAll, "upstream processes"));
                hooked = true;
            }
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().removeIf(name -> name.startsWith(OUR_OPTIONS));
            String locale = System.getenv(LOCALE_OF_CHILDREN);
            if (locale != null && locale.isEmpty()) {
                builder.environment().remove("LC_ALL");
            } else if (locale != null) {
                builder.environment().put("LC_ALL", locale);
            }
            builder.environment().putAll(environment);
            builder.environment().put(NESTING, Integer.toString(nesting + 1));
            ChildProcess child = new ChildProcess(builder.start(), notes);
            RUNNING.add(child);
            child.note();
            return child;
        }
    }

    /** Java passes texts on in the encoding of the locale, with a question mark for what that has not. */
    private static void requirePassable(Collection<String> texts) throws IOException {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        boolean unicode = encoding.equals("UTF-8") || File.separatorChar == '\\';
        if (!unicode && !texts.stream().allMatch(text -> text.chars().allMatch(c -> c < 0x80))) {
            throw new IOException(
                    "its command or environment has characters outside ASCII, which cannot be passed on in"
                            + " this process's locale (encoding " + encoding
                            + "): set LC_ALL=C.UTF-8 in its environment");
        }
    }

    InputStream stdout() {
        return process.getInputStream();
    }

    InputStream stderr() {
        return process.getErrorStream();
    }

    OutputStream stdin() {
        return process.getOutputStream();
    }

    /** Completes with the exit code. */
    CompletionStage<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Notes the process's children as they are now: once it is dead nobody could find them any more. */
    synchronized void noteDescendants() {
        process.descendants().forEach(descendants::add);
        note();
    }

    /** Again when it has got ready: a script becomes the program that it names, and has children. */
    private void note() {
        if (notes != null) {
            notes.keep(process.pid(), tree());
        }
    }

    private void forget() {
        if (notes != null) {
            notes.forget(process.pid());
        }
    }

    /**
     * Waits briefly for the end that was asked for by closing the input, then ends the process and its children. An
     * interrupt shortens the waiting.
     */
    void end() {
        boolean interrupted = Thread.interrupted();
        noteDescendants();
        if (!awaitExit(INPUT_GRACE_MILLIS)) {
            noteDescendants();
            tree().forEach(ProcessHandle::destroy);
            if (!awaitExit(GRACE_MILLIS)) {
                tree().forEach(ProcessHandle::destroyForcibly);
                interrupted |= Thread.interrupted();
                awaitExit(GRACE_MILLIS);
            }
        }
        RUNNING.remove(this);
        forget();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endAll() {
        synchronized (START) {
            ending = true;
        }
        RUNNING.forEach(child -> {
            child.noteDescendants();
            child.tree().forEach(ProcessHandle::destroy);
        });
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        RUNNING.forEach(child -> child.awaitExit(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        RUNNING.forEach(child -> {
            child.tree().forEach(ProcessHandle::destroyForcibly);
            child.forget();
        });
    }

    private synchronized List<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), descendants.stream())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private boolean awaitExit(long millis) {
        CompletableFuture<?>[] exits =
                tree().stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(exits).get(Math.max(0, millis), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
