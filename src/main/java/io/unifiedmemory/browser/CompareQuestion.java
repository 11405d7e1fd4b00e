package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.sync.Difference;
import io.unifiedmemory.unified.sync.Drift;
import io.unifiedmemory.unified.sync.Reconciliation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of all backends would change, memory by memory, for callers who may see every user. It changes
 * nothing, so it needs no right to write.
 */
final class CompareQuestion implements Question {

    /** More than a person reads through; the counts are of all. */
    private static final int MOST = 200;

    /** Of a text, and of metadata: so much of both sides of so many memories is some megabytes at most. */
    private static final int MOST_CHARS = 4_000;

    private final UnifiedMemory memory;
    private final Clock clock;

    CompareQuestion(UnifiedMemory memory, Clock clock) {
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> arguments, Principal caller) {
        if (caller.isRestricted()) {
            throw RefusedQuestionException.forbidden("a comparison is of all users; it needs a token for all users");
        }
        List<Map<String, Object>> differences = new ArrayList<>();
        Reconciliation found = memory.compare(difference -> {
            if (differences.size() < MOST) {
                differences.add(json(difference));
            }
        });
        Map<String, Object> backends = new LinkedHashMap<>();
        found.drifts().forEach((name, drift) -> backends.put(name, json(drift)));
        return Map.of("backends", backends, "problems", found.problems(), "differences", differences);
    }

    private static Map<String, Object> json(Drift drift) {
        return Map.of(
                "compared", drift.compared(),
                "drift", drift.count(),
                "sent", drift.owedThere(),
                "deleted", drift.deletedThere(),
                "taken", drift.takenHere());
    }

    private Map<String, Object> json(Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", difference.backend());
        json.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
        json.put("user_id", difference.either().userId());
        json.put("key", difference.either().key());
        putCopy(json, "here", difference.here());
        putCopy(json, "there", difference.there());
        return json;
    }

    private void putCopy(Map<String, Object> json, String side, @Nullable MemoryEntry entry) {
        if (entry == null) {
            return;
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        json.put(side, copy);
        if (entry.isExpired(clock)) {
            copy.putAll(Map.of("value", "", "metadata", Map.of(), "expired", true));
            return;
        }
        copy.put("value", Texts.cut(entry.value(), MOST_CHARS));
        boolean large = Json.write(entry.metadata()).length() > MOST_CHARS;
        copy.put("metadata", large ? Map.of() : entry.metadata());
        if (large || entry.value().length() > MOST_CHARS) {
            copy.put("truncated", true);
        }
        if (entry.updatedAt() != null) {
            copy.put("updated_at", entry.updatedAt().toString());
        }
    }
}
