package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a search found so that the whole reply stays within a bound: long values are cut to what surrounds the
 * match, large metadata to the fields that fit, and hits that do not fit wait for the next page. The reply names every
 * cut.
 */
final class SearchReply {

    /** The share of a reply that one value may take, and its metadata: the ten hits of a plain search then fit. */
    private static final double VALUE_SHARE = 0.06;

    private static final double METADATA_SHARE = 0.02;

    /** Of a value that is too long for its share of the reply a quarter of that is shown. */
    private static final int EXCERPT_SHARE = 4;

    private static final MathContext FOUR_DIGITS = new MathContext(4);

    private final int maxChars;
    private final int room;
    private final @Nullable Highlighter highlighter;
    private final boolean exact;

    /**
     * @param maxChars how long a reply may be, in characters of its JSON
     * @param room how much of it the results may take
     * @param highlighter shows what matched; null without a query
     * @param exact whether values and metadata are given whole, however large: for another instance of this server
     */
    SearchReply(int maxChars, int room, @Nullable Highlighter highlighter, boolean exact) {
        this.maxChars = maxChars;
        this.room = room;
        this.highlighter = exact ? null : highlighter;
        this.exact = exact;
    }

    /** What fits of the hits, in their order; at least one, if there is any. */
    List<Map<String, Object>> fitting(List<FusedHit> hits) {
        List<Map<String, Object>> fitting = new ArrayList<>();
        long chars = 0;
        for (FusedHit hit : hits) {
            Map<String, Object> json = json(hit);
            chars += Json.length(json) + 1;
            if (chars > room && !fitting.isEmpty()) {
                return fitting;
            }
            fitting.add(json);
        }
        return fitting;
    }

    private Map<String, Object> json(FusedHit hit) {
        MemoryEntry entry = hit.entry();
        Map<String, Object> json = EntryJson.of(entry);
        List<Span> inValue = highlighter == null ? List.of() : highlighter.spans(entry.value());
        if (!exact) {
            bound(json, entry, inValue);
        }
        json.put("score", exact ? hit.score() : rounded(hit.score()));
        if (highlighter != null) {
            json.put("matched", highlighter.matched(entry, inValue));
        }
        json.put("backends", hit.backends());
        if (hit.ofSource()) {
            json.put("source", true);
        }
        if (hit.byMeaning()) {
            json.put("by_meaning", true);
        }
        return json;
    }

    /** Four digits tell the ranks of a thousand hits apart. */
    private static BigDecimal rounded(double score) {
        return new BigDecimal(score).round(FOUR_DIGITS);
    }

    private void bound(Map<String, Object> json, MemoryEntry entry, List<Span> inValue) {
        int mostOfValue = (int) (VALUE_SHARE * maxChars);
        int mostOfMetadata = (int) (METADATA_SHARE * maxChars);
        String value = entry.value();
        long valueChars = Json.length(value);
        if (valueChars > mostOfValue) {
            json.put("value", Span.cut(value, Span.window(value, inValue, mostOfValue / EXCERPT_SHARE)));
            json.put("truncated", true);
            json.put("value_chars", value.length());
        }
        EntryJson.boundMetadata(json, entry, mostOfMetadata);
    }
}
