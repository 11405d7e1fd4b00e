package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.unified.UnifiedMemory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes and deletes of every kind, of users and keys of every kind; the same number makes the same ones. */
final class RandomHistory {

    private static final List<String> USERS =
            List.of("anna", "Bert", "\u00FC/\uD83D\uDE00", "=1+1", "a user of many words");
    private static final List<String> PIECES = List.of(
            "tea",
            "/",
            "-",
            " ",
            "\u00E9",
            "\uD83D\uDE00",
            "\uFFFF",
            "\u2028",
            "'",
            "\"",
            "\\",
            "..",
            "INDEX",
            "\uFEFF",
            "@",
            "~",
            "%",
            "_");
    private static final List<String> TEXTS = List.of(
            "green",
            "\n",
            "\r\n",
            "\t",
            "\u0000",
            "\u0085",
            "\u2028",
            "---\n",
            "'=1+1",
            "=1+1",
            "\"",
            "```\n",
            "{}",
            "  ",
            "\uD83D\uDE00",
            "\uFFFD",
            "\uFEFF",
            ",",
            ";",
            "\u001B[31m");

    private final Random random;
    private final UnifiedMemory memory;

    RandomHistory(UnifiedMemory memory, long seed) {
        this.memory = memory;
        random = new Random(seed);
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            String user = one(USERS);
            int kind = random.nextInt(100);
            if (kind < 60) {
                memory.store(user, key(), text(), metadata(), expiry(), writer());
            } else if (kind < 75) {
                memory.delete(user, key(), null);
            } else if (kind < 90) {
                Instant time = Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt(1_000_000));
                memory.replicate(new MemoryEntry(
                                user,
                                key(),
                                text(),
                                metadata(),
                                time.minusMillis(random.nextInt(5)),
                                time,
                                version(time))
                        .with(expiry(), writer()));
            } else if (kind < 97) {
                Instant time = Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt(1_000_000));
                memory.delete(user, key(), version(time));
            } else if (kind < 99) {
                memory.expire(user, Instant.ofEpochMilli(1_700_000_500_000L), null);
            } else {
                memory.deleteAll(user, null);
            }
        }
    }

    private @Nullable Instant expiry() {
        return random.nextInt(4) == 0 ? Instant.ofEpochMilli(4_100_000_000_000L + random.nextInt(1000)) : null;
    }

    private @Nullable String writer() {
        return random.nextInt(3) == 0 ? null : "client " + one(PIECES) + " (token:laptop)";
    }

    private HlcTimestamp version(Instant time) {
        return new HlcTimestamp(HlcTimestamp.atMillis(time.toEpochMilli()).stamp() + random.nextInt(3));
    }

    private String key() {
        StringBuilder key = new StringBuilder("k");
        for (int i = random.nextInt(3); i >= 0; i--) {
            key.append(one(PIECES));
        }
        return key.append(random.nextInt(3)).toString();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(one(TEXTS));
        }
        return text.toString();
    }

    private Map<String, Object> metadata() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Object value = one(List.of(
                    1,
                    -7L,
                    new BigDecimal("1.50"),
                    new BigDecimal("1E+30"),
                    new BigInteger("123456789012345678901234567890"),
                    true,
                    text(),
                    List.of("work", text()),
                    Map.of("in", Map.of("deep", List.of(1, 2)))));
            metadata.put("m" + random.nextInt(5) + one(PIECES), value);
        }
        return metadata;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
