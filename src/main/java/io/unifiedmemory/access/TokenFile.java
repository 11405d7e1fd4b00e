package io.unifiedmemory.access;

import io.unifiedmemory.memory.util.AtomicFile;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The file that holds bearer tokens, without their secrets. The file is replaced as a whole, so a reader sees the
 * tokens before or after a change and nothing in between; writers wait for each other, even those of other processes.
 * Thread-safe.
 */
public final class TokenFile implements Tokens {

    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** A file system lock belongs to the whole process, so threads of the process need this lock as well. */
    private static final ReentrantLock WRITERS = new ReentrantLock();

    private final Path file;
    private final Clock clock;

    /**
     * @param file need not exist
     * @param clock says when a token was made
     */
    public TokenFile(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    @Override
    public Created create(String name, UserSet users, Scope scope, @Nullable Instant expires) {
        TokenSecret secret = TokenSecret.random();
        Token token = new Token(
                secret.id(),
                name,
                HexFormat.of().formatHex(secret.hash()),
                users,
                scope,
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                expires);
        change(tokens -> {
            if (!name.isEmpty()
                    && tokens.stream().anyMatch(other -> other.name().equals(name))) {
                throw new TokensException(
                        "there is a token named " + name + " already; revoke it or take another name", null);
            }
            List<Token> more = new ArrayList<>(tokens);
            more.add(token);
            return more;
        });
        return new Created(token, secret.text());
    }

    @Override
    public @Nullable Token revoke(String idOrName) {
        List<Token> revoked = new ArrayList<>();
        change(tokens -> {
            revoked.clear();
            List<Token> kept = new ArrayList<>(tokens);
            kept.removeIf(token -> {
                boolean meant = token.id().equals(idOrName)
                        || (!token.name().isEmpty() && token.name().equals(idOrName));
                return meant && revoked.add(token);
            });
            return kept;
        });
        if (revoked.isEmpty()) {
            return null;
        }
        use().forget(revoked.get(0));
        return revoked.get(0);
    }

    /** None when there is no file. */
    @Override
    public List<Token> tokens() {
        try {
            requireProtection();
            return parsed(Files.readString(file));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new TokensException("the token file " + file + " cannot be read: " + e, e);
        } catch (JacksonException e) {
            throw damaged(e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    /** A file is a sign even when all its tokens are revoked; so is one whose existence cannot be determined. */
    @Override
    public boolean exist() {
        return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public @Nullable Instant lastUse(Token token) throws IOException {
        return use().last(token);
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public String undo() {
        return "remove " + file;
    }

    @Override
    public Authenticator authenticator() {
        return new TokenAuthenticator(new WatchedTokenFile(file, this::tokens).look(), use()::note, clock);
    }

    /** Returns the path of the file. */
    public Path path() {
        return file;
    }

    /** Returns the record of when tokens were used. */
    public TokenUse use() {
        return new TokenUse(file.resolveSibling(file.getFileName() + ".used"), clock);
    }

    private TokensException damaged(String why, Throwable cause) {
        return new TokensException(
                "the token file " + file + " is damaged (" + why + "): put a backup back, or move it away and create"
                        + " the tokens anew",
                cause);
    }

    private static List<Token> parsed(String text) {
        Map<String, Object> json = Json.parseObject(text);
        if (!(json.get("tokens") instanceof List<?> list)) {
            throw new IllegalArgumentException("it has no array tokens");
        }
        List<Token> tokens = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> token)) {
                throw new IllegalArgumentException("a token must be an object");
            }
            tokens.add(Token.ofJson(token));
            if (!ids.add(tokens.get(tokens.size() - 1).id())) {
                throw new IllegalArgumentException("two tokens have one id");
            }
        }
        return List.copyOf(tokens);
    }

    /** Requires that only the owner can write the file: anybody who can write it can grant access. */
    private void requireProtection() throws IOException {
        if (OwnerOnly.isPosix(file)) {
            Set<PosixFilePermission> permissions = new HashSet<>(Files.getPosixFilePermissions(file));
            permissions.retainAll(OTHERS_WRITE);
            if (!permissions.isEmpty()) {
                throw new TokensException(
                        "the token file " + file + " may be written by others than its owner: chmod 600 it", null);
            }
        }
    }

    /** Changes the tokens. Does no I/O on the file when the change is refused or changes nothing. */
    private void change(Function<List<Token>, List<Token>> change) {
        List<Token> before = tokens();
        if (change.apply(before).equals(before)) {
            return;
        }
        WRITERS.lock();
        try {
            Path real = real();
            Files.createDirectories(folder(real));
            try (FileChannel lock = FileChannel.open(
                    real.resolveSibling(real.getFileName() + ".lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    OwnerOnly.rightsOfFile(real))) {
                lock.lock();
                List<Token> current = tokens();
                List<Token> changed = change.apply(current);
                if (!changed.equals(current)) {
                    replace(real, changed);
                }
            }
        } catch (IOException e) {
            throw new TokensException("the token file " + file + " cannot be written: " + e, e);
        } finally {
            WRITERS.unlock();
        }
    }

    /** The path behind symbolic links: the file that servers read is replaced, not the link to it. */
    private Path real() throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? file.toRealPath() : file;
    }

    private void replace(Path real, List<Token> tokens) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", tokens.stream().map(Token::toJson).toList());
        String text = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        AtomicFile.write(real, fresh -> Files.writeString(fresh, text));
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }
}
