package io.unifiedmemory.upstream.graph;

/** The name of a memory's entity in a knowledge graph: {@code user/key}. */
final class EntityName {

    private EntityName() {}

    /**
     * A name that is unique for every user and key, and readable: only {@code %} and {@code /} in the user are
     * percent-encoded, so that the first slash is the one between user and key.
     */
    static String of(String userId, String key) {
        return userId.replace("%", "%25").replace("/", "%2F") + "/" + key;
    }
}
