package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Sha256;
import java.util.HashMap;
import java.util.Map;

/** Where a memory is in a server: what expressions know of its user and key. */
record Address(String userId, String key) {

    private static final int HASH_CHARS = 32;

    static Address of(MemoryEntry entry) {
        return new Address(entry.userId(), entry.key());
    }

    /** A readable name that is unique for every user and key: the first slash is the one between them. */
    String name() {
        return userId.replace("%", "%25").replace("/", "%2F") + "/" + key;
    }

    /** A short name of letters, digits and a hyphen, for servers that restrict names, fold them or can only search. */
    String hash() {
        return "um-" + Sha256.hex(name()).substring(0, HASH_CHARS);
    }

    /** The variables of a call about the memory. */
    Map<String, Object> variables() {
        Map<String, Object> variables = new HashMap<>();
        variables.put("user", userId);
        variables.put("key", key);
        variables.put("name", name());
        variables.put("hash", hash());
        return variables;
    }

    /** The variables of a call that stores a memory here. */
    Map<String, Object> variables(MemoryEntry entry) {
        Map<String, Object> variables = variables();
        variables.put("value", entry.value());
        variables.put("text", Envelope.text(entry));
        variables.put("envelope", Envelope.line(entry));
        variables.put("metadata", entry.metadata());
        variables.put("version", Long.toString(entry.version().stamp()));
        return variables;
    }
}
