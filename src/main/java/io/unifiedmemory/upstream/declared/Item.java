package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a reply holds, as the contract's expression reads it.
 *
 * @param id by which the server knows it
 * @param text its text; null where the reply has no more than its id
 * @param fields everything that was read of it
 */
record Item(String id, @Nullable String text, Map<?, ?> fields) {

    /**
     * The items that an expression made: nothing is none, and one object is one.
     *
     * @param place of the expression, for messages
     */
    static List<Item> of(@Nullable Object value, String place) {
        List<?> all = value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
        List<Item> items = new ArrayList<>();
        for (Object each : all) {
            if (each == null) {
                continue;
            }
            if (!(each instanceof Map<?, ?> fields) || fields.get("id") == null) {
                throw UpstreamFailures.broken(
                        "the contract's expression " + place + " made something without an id",
                        "each item is an object with id and text");
            }
            String text = fields.get("text") instanceof String some ? some : null;
            items.add(new Item(String.valueOf(fields.get("id")), text, fields));
        }
        return items;
    }
}
