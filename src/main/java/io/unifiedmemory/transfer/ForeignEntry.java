package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.transfer.format.Item;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes memories of what other programs keep. Their keys and times follow other rules, and what does not fit ours is changed
 * so that the same file always gives the same memory. Immutable.
 */
final class ForeignEntry {

    private static final int HASH_CHARS = 12;

    /** Who wrote what another program kept, as far as anybody here knows. */
    private static final String WRITER = "unified-memory import";

    private final FileAge age;
    private final int maxNameChars;

    ForeignEntry(FileAge age, int maxNameChars) {
        this.age = age;
        this.maxNameChars = maxNameChars;
    }

    /**
     * A memory, and what was changed.
     *
     * @param dated whether the file says when it was last written
     * @param remark what was changed; null for nothing
     */
    record Made(MemoryEntry entry, boolean dated, @Nullable String remark) {}

    Made of(Item.Foreign item, String userId) {
        String canonical = Names.canonical(item.key());
        String key = key(canonical);
        String value = Texts.whole(item.value());
        Instant given = item.updatedAt() == null ? item.createdAt() : item.updatedAt();
        boolean dated = given != null && isCredible(given);
        Instant updatedAt = dated && given != null ? millis(given) : age.written();
        Instant createdAt =
                item.createdAt() == null || item.createdAt().isAfter(updatedAt) ? updatedAt : millis(item.createdAt());
        String remark = null;
        if (!key.equals(canonical)) {
            remark =
                    "has a key that is too long, empty, or has control characters: it was changed, and ends with ~ and a"
                            + " hash";
        } else if (!value.equals(item.value())) {
            remark = "has half a character, which was replaced";
        } else if (given != null && !dated) {
            remark = "has a time in the future, or one that no working clock shows: that of the file stands for it";
        }
        MemoryEntry entry = new MemoryEntry(
                userId,
                key,
                value,
                asStored(item.metadata()),
                createdAt,
                updatedAt,
                HlcTimestamp.atMillis(updatedAt.toEpochMilli()),
                item.expiresAt(),
                WRITER);
        return new Made(entry, dated, remark);
    }

    private String key(String name) {
        if (Names.fault(name, maxNameChars) == null) {
            return name;
        }
        StringBuilder clean = new StringBuilder();
        Texts.whole(name).codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        int most = maxNameChars - HASH_CHARS - 1;
        String text = clean.codePointCount(0, clean.length()) <= most
                ? clean.toString()
                : clean.substring(0, clean.offsetByCodePoints(0, most));
        return text + "~" + Sha256.hex(Texts.whole(name)).substring(0, HASH_CHARS);
    }

    private boolean isCredible(Instant time) {
        return time.isAfter(Instant.EPOCH) && !time.isAfter(age.now());
    }

    private static Instant millis(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    /** As it will be read from the store, so that it equals what is there. */
    private static Map<String, Object> asStored(Map<String, Object> metadata) {
        return metadata.isEmpty() ? metadata : Json.parseObject(Json.write(Texts.wholeObject(metadata)));
    }
}
