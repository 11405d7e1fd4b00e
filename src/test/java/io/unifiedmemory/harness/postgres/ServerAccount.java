package io.unifiedmemory.harness.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * As whom servers run. PostgreSQL refuses to run as root, so tests that run as root start it as another user, to whom
 * they give its folder.
 */
final class ServerAccount {

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final Path ACCOUNTS = Path.of("/etc/passwd");

    /** Who is there on a Debian system: the first is made by its PostgreSQL packages, the second always. */
    private static final List<String> CANDIDATES = List.of("postgres", "nobody");

    private record User(String name, String uid, String gid) {}

    /** Null: as whom the tests run. */
    private final @Nullable User other;

    private ServerAccount(@Nullable User other) {
        this.other = other;
    }

    static ServerAccount find() {
        if (!Files.isExecutable(SETPRIV)) {
            throw new IllegalStateException("PostgreSQL is started through " + SETPRIV
                    + ", which is not there; install the Debian package util-linux, on Linux");
        }
        try {
            boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            return new ServerAccount(root ? candidate() : null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static User candidate() throws IOException {
        List<String> accounts = Files.readAllLines(ACCOUNTS, UTF_8);
        for (String name : CANDIDATES) {
            Optional<String[]> account = accounts.stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields[0].equals(name))
                    .findAny();
            if (account.isPresent()) {
                return new User(name, account.get()[2], account.get()[3]);
            }
        }
        throw new IllegalStateException("PostgreSQL does not run as root, and " + ACCOUNTS + " has none of "
                + CANDIDATES + "; run the tests as another user, or add one: useradd --system postgres");
    }

    /** The command, run as this user; it is killed when the thread that starts it ends, as when this JVM is killed. */
    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(List.of(SETPRIV.toString(), "--pdeathsig=KILL"));
        if (other != null) {
            whole.addAll(List.of("--reuid=" + other.uid, "--regid=" + other.gid, "--clear-groups"));
        }
        whole.add("--");
        whole.addAll(command);
        return whole;
    }

    /** Gives a folder and all that is in it to this user. */
    void own(Path folder) throws IOException {
        if (other == null) {
            return;
        }
        var lookup = folder.getFileSystem().getUserPrincipalLookupService();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setOwner(file, lookup.lookupPrincipalByName(other.name));
            }
        }
    }
}
