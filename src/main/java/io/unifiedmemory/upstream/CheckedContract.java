package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A contract whose answers are checked against the question before anything else sees them: another program's data may
 * be wrong or malicious. Thread-safe.
 *
 * <p>An answer about another user, another key or another part of the list than was asked for is refused as a whole, as
 * a {@link BackendException} of kind {@code BROKEN}: no answer of such a server can be trusted. Single implausible
 * memories, see {@link Plausibility}, are left out of a listing or search, which reports that; an answer of nothing
 * else is refused.
 */
final class CheckedContract {

    private final ToolContract contract;
    private final Plausibility plausibility;

    /** @param clock the wall clock, which tells what is too far in the future */
    CheckedContract(ToolContract contract, Clock clock) {
        this.contract = contract;
        this.plausibility = new Plausibility(clock);
    }

    Lookup store(MemoryEntry entry) {
        return stored(entry, contract.store(entry));
    }

    int storesAtOnce() {
        return contract.storesAtOnce();
    }

    List<Lookup> storeAll(List<MemoryEntry> entries) {
        List<Lookup> answers = contract.storeAll(entries);
        require(answers.size() == entries.size(), "a batch of stores with another number of answers");
        List<Lookup> checked = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            checked.add(stored(entries.get(i), answers.get(i)));
        }
        return checked;
    }

    /** Checks the answer to a store: the server holds what was stored, or something newer. */
    private Lookup stored(MemoryEntry entry, Lookup answer) {
        Lookup held = about(entry.userId(), entry.key(), answer);
        boolean took = held instanceof Lookup.Found found
                ? !entry.version().isNewerThan(found.entry().version())
                : held instanceof Lookup.Deleted deleted && !entry.version().isNewerThan(deleted.version());
        require(took, "a store with something older than what was to be stored");
        return held;
    }

    Lookup retrieve(String userId, String key) {
        return about(userId, key, contract.retrieve(userId, key));
    }

    /** The answer, under the key of the question: a server may keep keys in another Unicode form. */
    private Lookup about(String userId, String key, Lookup held) {
        if (held instanceof Lookup.Found found) {
            MemoryEntry entry = found.entry();
            requireOf(userId, entry);
            require(Names.isSame(entry.key(), key), "a question about one memory with another");
            requireRight(plausibility.fault(entry));
            return entry.key().equals(key) ? held : found.withKey(key);
        } else if (held instanceof Lookup.Deleted deleted) {
            requireRight(plausibility.fault(deleted.version()));
        }
        return held;
    }

    /** Returns each key once, up to the limit. Hits that the filter does not accept are dropped without a report. */
    Hits search(SearchRequest request) {
        List<Hit> hits = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        Map<String, String> refused = new LinkedHashMap<>();
        for (MemoryEntry entry : contract.search(request)) {
            requireOf(request.userId(), entry);
            String fault = plausibility.fault(entry);
            if (fault != null) {
                refused.put(entry.key(), fault);
            } else if (hits.size() < request.limit() && request.filter().accepts(entry) && keys.add(entry.key())) {
                hits.add(new Hit(entry, request.isContainedIn(entry), 0));
            }
        }
        return new Hits(hits, Page.problem(refused));
    }

    /** Checks a page. Keys that do not ascend from the key behind which the page begins would make a walk endless. */
    Page list(ListRequest request) {
        Page page = contract.list(request);
        String last = request.afterKey();
        List<MemoryEntry> entries = new ArrayList<>();
        Map<String, String> refused = new LinkedHashMap<>(page.refused());
        for (MemoryEntry entry : page.entries()) {
            requireOf(request.userId(), entry);
            require(last == null || KeyOrder.isBehind(last, entry), "a listing with keys that do not ascend");
            last = entry.key();
            String fault = plausibility.fault(entry);
            if (fault == null) {
                entries.add(entry);
            } else {
                refused.put(entry.key(), fault);
            }
        }
        require(page.entries().size() <= request.limit(), "a listing with more than was asked for");
        Long total = page.total();
        require(total == null || total >= 0, "a listing with a negative total");
        return new Page(entries, page.more(), total, refused);
    }

    Removal delete(String userId, String key, HlcTimestamp version) {
        Removal removal = contract.delete(userId, key, version);
        require(removal.count() <= 1, "the delete of one memory with several");
        return removed(removal, version);
    }

    Removal deleteAll(String userId, HlcTimestamp version) {
        return removed(contract.deleteAll(userId, version), version);
    }

    /** Checks a delete, which may remove two: a memory of ours, and what another program wrote under the key. */
    Removal forget(String userId, String key, HlcTimestamp version) {
        return removed(contract.forget(userId, key, version), version);
    }

    Removal forgetAll(String userId, HlcTimestamp version) {
        return removed(contract.forgetAll(userId, version), version);
    }

    Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return removed(contract.erase(userId, key, version, forgets), version);
    }

    Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return removed(contract.eraseAll(userId, version, forgets), version);
    }

    Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return removed(contract.expire(userId, cutoff, version), version);
    }

    private Removal removed(Removal removal, HlcTimestamp version) {
        HlcTimestamp survivor = removal.survivor();
        require(removal.count() >= 0, "a delete with a negative count");
        require(
                survivor.equals(HlcTimestamp.NONE) || survivor.isNewerThan(version),
                "a delete with a survivor that is not newer");
        requireRight(plausibility.fault(survivor));
        return removal;
    }

    @Nullable
    Instant unharmedSince() {
        return contract.unharmedSince();
    }

    BackendStatus check() {
        BackendStatus status = contract.check();
        return new BackendStatus(status.up(), UpstreamFailures.shortened(status.detail()));
    }

    private static void requireOf(String userId, MemoryEntry entry) {
        require(entry.userId().equals(userId), "a question about one user with a memory of another");
    }

    private static void requireRight(@Nullable String fault) {
        if (fault != null) {
            throw UpstreamFailures.broken("it holds a memory " + fault, "nothing of it is taken over");
        }
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw UpstreamFailures.broken("it answered " + what, "is it a broken server, or a hostile one?");
        }
    }
}
