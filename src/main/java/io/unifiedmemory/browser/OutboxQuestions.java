package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is owed to backends, and what a person decides about it: for callers who may see every user. */
final class OutboxQuestions {

    /** The dead letters come last, so those are looked for behind what is pending, which may be much. */
    private static final int PAGE = 1000;

    private static final int MOST_SHOWN = 200;
    private static final int MOST_READ = 20_000;

    private final OutboxAdmin outbox;

    OutboxQuestions(OutboxAdmin outbox) {
        this.outbox = outbox;
    }

    /** What is owed to the backend {@code backend}: the oldest that is pending, and dead letters. */
    Map<String, Object> list(Map<String, Object> arguments, Principal caller) {
        requireEverybody(caller);
        String backend = backend(arguments);
        List<Map<String, Object>> pending = new ArrayList<>();
        List<Map<String, Object>> dead = new ArrayList<>();
        OutboxAdmin.Item last = null;
        int read = 0;
        List<OutboxAdmin.Item> page;
        do {
            page = outbox.page(backend, last, PAGE);
            for (OutboxAdmin.Item item : page) {
                List<Map<String, Object>> shown = item.dead() ? dead : pending;
                if (shown.size() < MOST_SHOWN) {
                    shown.add(json(item));
                }
                last = item;
            }
            read += page.size();
        } while (page.size() == PAGE && dead.size() < MOST_SHOWN && read < MOST_READ);
        OutboxAdmin.Backlog backlog = outbox.backlog(backend);
        return Map.of(
                "pending", pending, "dead", dead, "pending_count", backlog.pending(), "dead_count", backlog.dead());
    }

    /** Makes what is owed to the backend due at once, dead letters included. */
    Map<String, Object> retry(Map<String, Object> arguments, Principal caller) {
        requireEverybody(caller);
        requireWriter(caller);
        return Map.of("count", outbox.retry(backend(arguments)));
    }

    /** Removes the dead letters of the backend for good. */
    Map<String, Object> drop(Map<String, Object> arguments, Principal caller) {
        requireEverybody(caller);
        requireWriter(caller);
        return Map.of("count", outbox.drop(backend(arguments)));
    }

    private static void requireEverybody(Principal caller) {
        if (caller.isRestricted()) {
            throw RefusedQuestionException.forbidden("the outbox is of all users; it needs a token for all users");
        }
    }

    private static void requireWriter(Principal caller) {
        if (!caller.mayWrite()) {
            throw RefusedQuestionException.forbidden("this changes what is owed; it needs a token that may write");
        }
    }

    private static String backend(Map<String, Object> arguments) {
        if (arguments.get("backend") instanceof String backend) {
            return backend;
        }
        throw RefusedQuestionException.wrong("backend must name one");
    }

    private static Map<String, Object> json(OutboxAdmin.Item item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operation", item.entry().operation().toString());
        json.put("user_id", item.entry().userId());
        json.put("key", item.entry().key());
        json.put("since", Instant.ofEpochMilli(item.entry().version().millis()).toString());
        json.put("tries", item.entry().attempts());
        @Nullable String error = item.error();
        if (error != null) {
            json.put("error", error);
        }
        return json;
    }
}
