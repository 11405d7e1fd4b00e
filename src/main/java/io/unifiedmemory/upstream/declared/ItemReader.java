package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.upstream.contract.UpstreamFailures;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a server has: items with their texts, and lists to their end. Thread-safe. */
final class ItemReader {

    /** More memories than people and agents keep, and less than a list without an end. */
    private static final int MOST_ITEMS = 1_000_000;

    private final ServerCalls calls;
    private final int page;

    /** @param page how many items to ask for at once */
    ItemReader(ServerCalls calls, int page) {
        this.calls = calls;
        this.page = page;
    }

    /** The items that a call finds, as the reply has them. */
    List<Item> items(Name name, Map<String, Object> variables) {
        return calls.read(name, variables).items();
    }

    /** The same item with its text; null when the server does not have it any more, or does not show its text. */
    @Nullable
    Item whole(Item item, Map<String, Object> variables) {
        if (!calls.can(Name.GET)) {
            return item.text() == null ? null : item;
        }
        Map<String, Object> wanted = new HashMap<>(variables);
        wanted.put("id", item.id());
        List<Item> read = calls.read(Name.GET, wanted).items();
        return read.isEmpty() || read.get(0).text() == null ? null : read.get(0);
    }

    /** As many items as a search finds, at most as many as are asked for and as fit on one page. */
    List<Item> found(Map<String, Object> variables, int limit) {
        Map<String, Object> wanted = new HashMap<>(variables);
        wanted.put("limit", Math.min(limit, page));
        return calls.read(Name.SEARCH, wanted).items();
    }

    /**
     * Everything that a list has, each item once, page by page to its end. A page that fails fails the list: whatever is
     * not in it would count as gone.
     */
    List<Item> all(Map<String, Object> variables) {
        Map<String, Item> byId = new LinkedHashMap<>();
        int read = 0;
        String cursor = null;
        ServerCalls.Answer answer;
        for (int number = 1; ; number++) {
            Map<String, Object> wanted = new HashMap<>(variables);
            wanted.put("limit", page);
            wanted.put("page", number);
            wanted.put("offset", read);
            if (cursor != null) {
                wanted.put("cursor", cursor);
            }
            int before = byId.size();
            answer = calls.read(Name.LIST, wanted);
            read += answer.items().size();
            answer.items().forEach(item -> byId.put(item.id(), item));
            if (!answer.more()) {
                return new ArrayList<>(byId.values());
            }
            if (byId.size() == before || byId.size() > MOST_ITEMS) {
                throw UpstreamFailures.broken(
                        "its list has no end", "what the contract declares as more does not become false");
            }
            cursor = answer.cursor();
        }
    }
}
