package io.unifiedmemory.access;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.SharedTokens;
import io.unifiedmemory.memory.util.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The tokens in a database that several servers share. Thread-safe. */
public final class TokenTable implements Tokens {

    private static final Logger LOG = LoggerFactory.getLogger(TokenTable.class);

    private final SharedTokens table;
    private final String place;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile @Nullable Look last;

    /** Whether there were tokens, and when that was. */
    private record Look(boolean found, long at) {}

    /**
     * @param place the database, for people
     * @param clock says when a token was made
     * @param nanoTime a clock like {@link System#nanoTime}, for how long what was read counts
     */
    public TokenTable(SharedTokens table, String place, Clock clock, LongSupplier nanoTime) {
        this.table = table;
        this.place = place;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Created create(String name, UserSet users, Scope scope, @Nullable Instant expires) {
        TokenSecret secret = TokenSecret.random();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Token token = new Token(secret.id(), name, HexFormat.of().formatHex(secret.hash()), users, scope, now, expires);
        if (!table.add(token.id(), name, Json.write(token.toJson()), clock.millis())) {
            throw new TokensException(
                    "there is a token named " + name + " already; revoke it or take another name", null);
        }
        return new Created(token, secret.text());
    }

    @Override
    public @Nullable Token revoke(String idOrName) {
        return tokens().stream()
                .filter(token -> token.id().equals(idOrName)
                        || (!token.name().isEmpty() && token.name().equals(idOrName)))
                .filter(token -> table.revoke(token.id()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public List<Token> tokens() {
        return table.rows().stream().flatMap(TokenTable::token).toList();
    }

    /** Nothing for one that was revoked, or that cannot be read: it lets nobody in, and keeps nobody else out. */
    private static Stream<Token> token(SharedTokens.Row row) {
        String text = row.text();
        if (text == null) {
            return Stream.empty();
        }
        try {
            return Stream.of(Token.ofJson(Json.parseObject(text)));
        } catch (JacksonException | IllegalArgumentException e) {
            LOG.warn("the token {} of the database lets nobody in: it cannot be read: {}", row.id(), e.toString());
            return Stream.empty();
        }
    }

    /** An open server asks with each request, so the answer counts for a while; what is not known yet counts as true. */
    @Override
    public boolean exist() {
        Look known = last;
        if (known != null && nanoTime.getAsLong() - known.at < CachedTokens.FRESH.toNanos()) {
            return known.found;
        }
        try {
            boolean found = !table.rows().isEmpty();
            last = new Look(found, nanoTime.getAsLong());
            return found;
        } catch (BackendException e) {
            if (known == null) {
                LOG.warn(
                        "the database does not tell whether it holds tokens, so each client needs one until this server"
                                + " is started again: {}",
                        e.describe());
                return true;
            }
            last = new Look(known.found, nanoTime.getAsLong());
            return known.found;
        }
    }

    @Override
    public @Nullable Instant lastUse(Token token) {
        return table.rows().stream()
                .filter(row -> row.id().equals(token.id()))
                .flatMap(row -> Stream.ofNullable(row.usedMillis()))
                .map(Instant::ofEpochMilli)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public String undo() {
        return "run DELETE FROM unified_memory.token in the database";
    }

    @Override
    public Authenticator authenticator() {
        SharedTokenUse use = new SharedTokenUse(table, clock);
        return new TokenAuthenticator(new CachedTokens(this::tokens, nanoTime), use::note, clock);
    }
}
