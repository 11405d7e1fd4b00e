package io.unifiedmemory.resources;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.KnownHere;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How users, keys and beginnings of keys may go on that somebody has begun to type, of the memories that the caller may
 * see. Asks the store of record alone, because it is called with every letter. Thread-safe.
 */
public final class Completions {

    /** Arguments that are completed, of the address of a memory and of prompts. */
    public static final String USER_ID = "user_id";

    public static final String KEY = "key";
    public static final String KEY_PREFIX = "key_prefix";

    /** Each user costs a look whether there is a memory. */
    private static final int MOST_USERS = 25;

    private static final int USERS_AT_ONCE = 100;

    /** The characters of the texts that are read at most, after the first of them. */
    private static final int MOST_CHARS = 1 << 20;

    /** What ends a part of a key that many keys begin with. */
    private static final String SEPARATORS = "/:.";

    private final KnownHere store;
    private final AccessControl access;

    public Completions(UnifiedMemory memory, ToolOptions options) {
        store = memory.knownHere();
        access = new AccessControl(options, Clock.systemUTC());
    }

    /**
     * Completes an argument; nothing is known of arguments other than those named here.
     *
     * @param begun what was typed, may be empty
     * @param others the arguments that have their values
     * @throws ToolFailure when the store of record cannot answer
     */
    public Completion complete(Principal caller, String argument, String begun, Map<String, String> others) {
        if (Names.unicodeFault(begun) != null) {
            throw new ToolFailure(Kind.REJECTED, "value " + Names.unicodeFault(begun));
        }
        try {
            return switch (argument) {
                case USER_ID -> users(caller, Names.canonicalPrefix(begun));
                case KEY -> keys(caller, others.get(USER_ID), Names.canonicalPrefix(begun));
                case KEY_PREFIX -> prefixes(keys(caller, others.get(USER_ID), Names.canonicalPrefix(begun)), begun);
                default -> Completion.NONE;
            };
        } catch (BackendException e) {
            throw new ToolFailure(e.kind(), "nothing can be completed now, try again later");
        }
    }

    private Completion users(Principal caller, String begun) {
        Stream<String> candidates =
                caller.isRestricted() ? caller.users().ids().stream().sorted(KeyOrder.COMPARATOR) : known(begun);
        List<String> users = candidates
                .filter(user -> user.startsWith(begun) && access.visible(caller, user) != null)
                .filter(user -> store.holdsAny(user))
                .limit(MOST_USERS + 1L)
                .toList();
        return limited(users, MOST_USERS, false);
    }

    /** The users whose ids may begin like this, in their order. */
    private Stream<String> known(String begun) {
        return Stream.concat(Stream.of(begun), store.users(begun.isEmpty() ? null : begun, USERS_AT_ONCE).stream())
                .filter(user -> !user.isEmpty());
    }

    private Completion keys(Principal caller, @Nullable String named, String begun) {
        String user = access.visible(caller, named == null || named.isEmpty() ? null : named);
        if (user == null) {
            return Completion.NONE;
        }
        List<String> keys = new ArrayList<>();
        if (!begun.isEmpty() && store.find(user, begun) != null) {
            keys.add(begun);
        }
        String after = begun.isEmpty() ? null : begun;
        List<MemoryEntry> page = store.list(new ListRequest(user, after, Completion.MOST + 1, MOST_CHARS));
        page.stream().map(MemoryEntry::key).filter(key -> key.startsWith(begun)).forEach(keys::add);
        return limited(keys, Completion.MOST, page.size() <= Completion.MOST && goesOn(user, page, begun));
    }

    /** Whether more of such keys follow a page that may have ended early. */
    private boolean goesOn(String user, List<MemoryEntry> page, String begun) {
        String last = page.isEmpty() ? "" : page.get(page.size() - 1).key();
        return !last.isEmpty()
                && store.list(new ListRequest(user, last, 1)).stream()
                        .anyMatch(next -> next.key().startsWith(begun));
    }

    /** What the keys have in common up to the next separator, and the keys that have none behind what was typed. */
    private static Completion prefixes(Completion keys, String begun) {
        List<String> prefixes = keys.values().stream()
                .map(key -> untilSeparator(key, begun.length()))
                .distinct()
                .toList();
        return new Completion(prefixes, keys.hasMore());
    }

    private static String untilSeparator(String key, int from) {
        for (int i = from; i < key.length() - 1; i++) {
            if (SEPARATORS.indexOf(key.charAt(i)) >= 0) {
                return key.substring(0, i + 1);
            }
        }
        return key;
    }

    private static Completion limited(List<String> values, int most, boolean more) {
        return new Completion(values.subList(0, Math.min(most, values.size())), more || values.size() > most);
    }
}
