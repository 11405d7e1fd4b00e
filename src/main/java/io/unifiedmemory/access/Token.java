package io.unifiedmemory.access;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stored part of a bearer token.
 *
 * @param id finds the token, and revokes it; not a secret
 * @param name for people; may be empty
 * @param hash SHA-256 of the secret, 64 hexadecimal digits
 * @param users whose memories the bearer may see
 * @param scope what the bearer may do with them
 * @param created when the token was created
 * @param expires when it expires; null for never
 */
public record Token(
        String id,
        String name,
        String hash,
        UserSet users,
        Scope scope,
        Instant created,
        @Nullable Instant expires) {

    /** Whether the token has expired. */
    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Leaves out the hash. */
    @Override
    public String toString() {
        return "token " + id;
    }

    /** Whom the token lets in. */
    public Principal principal() {
        return new Principal("token:" + id, users, scope);
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("name", name);
        json.put("sha256", hash);
        json.put("users", users.all() ? "all" : new TreeSet<>(users.ids()));
        json.put("scope", scope.text());
        json.put("created", created.toString());
        if (expires != null) {
            json.put("expires", expires.toString());
        }
        return json;
    }

    /** Reads strictly: anything missing, unknown or malformed is an {@link IllegalArgumentException}. */
    static Token ofJson(Map<?, ?> json) {
        Set<Object> unknown = new LinkedHashSet<>(json.keySet());
        unknown.removeAll(List.of("id", "name", "sha256", "users", "scope", "created", "expires"));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown field " + unknown.iterator().next());
        }
        String hash = text(json, "sha256");
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits");
        }
        return new Token(
                text(json, "id"),
                text(json, "name"),
                hash,
                users(json.get("users")),
                Scope.of(text(json, "scope")).orElseThrow(() -> new IllegalArgumentException("unknown scope")),
                instant(text(json, "created")),
                json.containsKey("expires") ? instant(text(json, "expires")) : null);
    }

    byte[] hashBytes() {
        return HexFormat.of().parseHex(hash);
    }

    private static UserSet users(@Nullable Object users) {
        if ("all".equals(users)) {
            return UserSet.ALL;
        }
        Set<String> ids = new LinkedHashSet<>();
        if (users instanceof List<?> list) {
            for (Object id : list) {
                if (!(id instanceof String text)) {
                    throw new IllegalArgumentException("users must be texts");
                }
                ids.add(text);
            }
        }
        return UserSet.of(ids);
    }

    private static String text(Map<?, ?> json, String field) {
        if (json.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(field + " must be a text");
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(text + " is no time", e);
        }
    }
}
