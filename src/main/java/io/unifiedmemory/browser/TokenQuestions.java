package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.Token;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.Names;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that this server accepts: for callers who may write the memories of every user, because whoever makes a token
 * can let anybody in.
 */
final class TokenQuestions {

    private static final int MOST_NAME_CHARS = 200;
    private static final int MOST_USERS = 100;
    private static final int MOST_DAYS = 3_660;

    private final Tokens tokens;
    private final int maxUserChars;
    private final Clock clock;

    TokenQuestions(Tokens tokens, int maxUserChars, Clock clock) {
        this.tokens = tokens;
        this.maxUserChars = maxUserChars;
        this.clock = clock;
    }

    static boolean mayAsk(Principal caller) {
        return !caller.isRestricted() && caller.mayWrite();
    }

    /** Every token without its secret, the oldest first. */
    Map<String, Object> list(Map<String, Object> arguments, Principal caller) {
        requireOwner(caller);
        List<Map<String, Object>> list = new ArrayList<>();
        for (Token token : tokens.tokens()) {
            list.add(json(token, caller));
        }
        return Map.of("tokens", list);
    }

    /** Makes a token; the answer is the only one that has it. */
    Map<String, Object> create(Map<String, Object> arguments, Principal caller) {
        requireOwner(caller);
        String name = arguments.get("name") instanceof String given ? given.strip() : "";
        if (!name.isEmpty() && Names.fault(name, MOST_NAME_CHARS) != null) {
            throw RefusedQuestionException.wrong("the name " + Names.fault(name, MOST_NAME_CHARS));
        }
        Scope scope = Boolean.TRUE.equals(arguments.get("read_only")) ? Scope.READ : Scope.READ_WRITE;
        Tokens.Created created = tokens.create(name, users(arguments.get("users")), scope, expires(arguments));
        return Map.of("token", json(created.token(), caller), "text", created.text());
    }

    /** Revokes a token by its id; nobody gets in with it any more. */
    Map<String, Object> revoke(Map<String, Object> arguments, Principal caller) {
        requireOwner(caller);
        if (!(arguments.get("id") instanceof String id)) {
            throw RefusedQuestionException.wrong("id must name a token");
        }
        return Map.of("revoked", tokens.revoke(id) != null);
    }

    private static void requireOwner(Principal caller) {
        if (!mayAsk(caller)) {
            throw RefusedQuestionException.forbidden(
                    "tokens let others in; this needs a token that may write the memories of all users");
        }
    }

    private UserSet users(@Nullable Object given) {
        if ("all".equals(given)) {
            return UserSet.ALL;
        }
        Set<String> ids = new LinkedHashSet<>();
        if (given instanceof List<?> list && list.size() <= MOST_USERS) {
            for (Object one : list) {
                String fault = one instanceof String id ? Names.fault(id, maxUserChars) : "must be a text";
                if (fault != null) {
                    throw RefusedQuestionException.wrong("a user id " + fault);
                }
                ids.add(Names.canonical((String) one));
            }
        }
        if (ids.isEmpty()) {
            throw RefusedQuestionException.wrong("users must be \"all\" or 1 to " + MOST_USERS + " user ids");
        }
        return UserSet.of(ids);
    }

    private @Nullable Instant expires(Map<String, Object> arguments) {
        Object days = arguments.get("days");
        if (days == null) {
            return null;
        }
        long number = days instanceof Number given ? given.longValue() : 0;
        if (number < 1 || number > MOST_DAYS) {
            throw RefusedQuestionException.wrong("days must be a number from 1 to " + MOST_DAYS);
        }
        return clock.instant().plus(number, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    }

    private Map<String, Object> json(Token token, Principal caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", token.id());
        json.put("name", token.name());
        json.put(
                "users",
                token.users().all() ? "all" : new TreeSet<>(token.users().ids()));
        json.put("read_only", token.scope() == Scope.READ);
        json.put("created_at", token.created().toString());
        if (token.expires() != null) {
            json.put("expires_at", token.expires().toString());
            json.put("expired", token.isExpired(clock.instant()));
        }
        json.put("own", caller.equals(token.principal()));
        try {
            @Nullable Instant used = tokens.lastUse(token);
            if (used != null) {
                json.put("used_at", used.toString());
            }
        } catch (IOException e) {
            json.put("use_unknown", String.valueOf(e.getMessage()));
        }
        return json;
    }
}
