package io.unifiedmemory.commands;

import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.Token;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.TokensException;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code token create|list|revoke}: the bearer tokens that clients over HTTP show. */
final class TokenCommand implements Command {

    private static final String USAGE =
            "token needs one of: create --user ID (or several, or --all-users) [--read-only]"
                    + " [--name NAME] [--expires 30d]; list; revoke ID or NAME";
    private static final int MAX_WORD_CHARS = 512;
    private static final Pattern AMOUNT = Pattern.compile("([1-9]\\d{0,4})([dhm])");

    private static final String USER = "--user";
    private static final String ALL_USERS = "--all-users";
    private static final String READ_ONLY = "--read-only";
    private static final String NAME = "--name";
    private static final String EXPIRES = "--expires";

    static final ArgumentParser CREATE = new ArgumentParser("token create", USAGE)
            .withValue(USER)
            .withSwitch(ALL_USERS)
            .withSwitch(READ_ONLY)
            .withValue(NAME)
            .withValue(EXPIRES);

    private final Deque<String> words;
    private final Clock clock;

    TokenCommand(List<String> words) {
        this(words, Clock.systemUTC());
    }

    TokenCommand(List<String> words, Clock clock) {
        this.words = new ArrayDeque<>(words);
        this.clock = clock;
        if (words.isEmpty()) {
            throw new UsageException(USAGE);
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            Tokens tokens = Stores.tokens(config.access().get(), store, config.database(), clock);
            return switch (words.pop()) {
                case "create" -> create(tokens, config.tools().limits(), out, streams.err());
                case "list" -> list(tokens, out);
                case "revoke" -> revoke(tokens, out, streams.err());
                default -> throw new UsageException(USAGE);
            };
        } catch (TokensException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return FAILED;
        }
    }

    /** Prints nothing on standard output but the token, so that a script can take it from there. */
    private int create(Tokens tokens, Limits limits, PrintStream out, PrintStream err) {
        ArgumentParser.Parsed parsed = CREATE.parse(List.copyOf(words));
        if (!parsed.words().isEmpty()) {
            throw CREATE.misuse("does not know " + parsed.words().get(0));
        }
        Set<String> users = new LinkedHashSet<>();
        parsed.values(USER).forEach(user -> users.add(Names.canonical(sound(USER, user, limits.maxNameChars()))));
        boolean all = parsed.has(ALL_USERS);
        Scope scope = parsed.has(READ_ONLY) ? Scope.READ : Scope.READ_WRITE;
        String given = parsed.value(NAME);
        String name = given == null ? "" : sound(NAME, given, MAX_WORD_CHARS);
        String end = parsed.value(EXPIRES);
        Instant expires = end == null ? null : instant(sound(EXPIRES, end, MAX_WORD_CHARS));
        if (all != users.isEmpty()) {
            throw new UsageException("token create needs either --user, once or more, or --all-users");
        }
        Tokens.Created created = tokens.create(name, all ? UserSet.ALL : UserSet.of(users), scope, expires);
        out.println(created.text());
        err.println("This is the only time that the token is shown. Clients send it as the header"
                + " \"Authorization: Bearer TOKEN\". To revoke it: token revoke "
                + created.token().id()
                + ". If a server is already running without tokens, restart it; until then it rejects all requests.");
        return 0;
    }

    private static String sound(String option, String value, int maxChars) {
        if (Names.fault(value, maxChars) != null) {
            throw new UsageException(
                    option + " needs a value of 1 to " + maxChars + " characters without control characters");
        }
        return value;
    }

    private Instant instant(String text) {
        Matcher amount = AMOUNT.matcher(text);
        Instant instant;
        try {
            if (amount.matches()) {
                ChronoUnit unit = switch (amount.group(2)) {
                    case "d" -> ChronoUnit.DAYS;
                    case "h" -> ChronoUnit.HOURS;
                    default -> ChronoUnit.MINUTES;
                };
                instant = clock.instant()
                        .plus(Long.parseLong(amount.group(1)), unit)
                        .truncatedTo(ChronoUnit.SECONDS);
            } else if (text.contains("T")) {
                instant = Instant.parse(text);
            } else {
                instant = LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
        } catch (DateTimeParseException e) {
            throw new UsageException(
                    "--expires must be like 30d, 12h, 90m, 2027-01-31 or 2027-01-31T12:00:00Z (UTC), not " + text);
        }
        if (!instant.isAfter(clock.instant())) {
            throw new UsageException("--expires must be in the future, not " + text);
        }
        return instant;
    }

    private int list(Tokens tokens, PrintStream out) {
        requireEnd(0);
        for (Token token : tokens.tokens()) {
            out.printf(
                    "%s  %-10s  %s  since %s  %s  %s%s%n",
                    token.id(),
                    token.scope().text(),
                    token.users().all()
                            ? "all users"
                            : "users "
                                    + String.join(
                                            ", ", new TreeSet<>(token.users().ids())),
                    token.created(),
                    ending(token.expires(), token.isExpired(clock.instant())),
                    used(tokens, token),
                    token.name().isEmpty() ? "" : "  " + token.name());
        }
        return 0;
    }

    private static String ending(@Nullable Instant expires, boolean expired) {
        return expires == null ? "until revoked" : (expired ? "EXPIRED " : "until ") + expires;
    }

    private static String used(Tokens tokens, Token token) {
        try {
            Instant last = tokens.lastUse(token);
            return last == null ? "no use known" : "used " + last.truncatedTo(ChronoUnit.MINUTES);
        } catch (IOException e) {
            return "last use unreadable";
        }
    }

    private int revoke(Tokens tokens, PrintStream out, PrintStream err) {
        requireEnd(1);
        String idOrName = words.pop();
        Token revoked = tokens.revoke(idOrName);
        if (revoked == null) {
            err.println("unified-memory: there is no token " + idOrName + "; token list shows them");
            return FAILED;
        }
        out.println("token " + revoked.id() + " is revoked");
        if (tokens.tokens().isEmpty()) {
            err.println(
                    "That was the last token: no client can authenticate now. Make another with token create; to serve"
                            + " without tokens again, " + tokens.undo() + " and start the server again.");
        }
        return 0;
    }

    private void requireEnd(int left) {
        if (words.size() != left) {
            throw new UsageException(USAGE);
        }
    }
}
