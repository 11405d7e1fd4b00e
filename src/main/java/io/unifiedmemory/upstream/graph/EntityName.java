package io.unifiedmemory.upstream.graph;

/** The name under which a memory stands in a knowledge graph: {@code user/key}. */
final class EntityName {

    private EntityName() {}

    /**
     * Different for every user and key, and readable: only {@code %} and {@code /} in the user are percent-encoded, so
     * that the first slash is the one between user and key.
     */
    static String of(String userId, String key) {
        return userId.replace("%", "%25").replace("/", "%2F") + "/" + key;
    }
}
