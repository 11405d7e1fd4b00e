package io.unifiedmemory.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the preview of a comparison shows; what a comparison finds is the work of {@code ReconcilerTest}. */
class CompareQuestionTest {

    @TempDir
    private Path folder;

    @Test
    void aTextThatHasExpiredIsNotShown() {
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        SqliteStore store = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))), later);
        InMemoryBackend other = new InMemoryBackend();
        Instant now = Instant.now();
        HlcTimestamp version = HlcTimestamp.atMillis(now.toEpochMilli());
        MemoryEntry gone = new MemoryEntry("anna", "gone", "secret", Map.of("hint", "secret"), now, now, version);
        other.store(gone.with(now.plusSeconds(60), null));
        other.store(new MemoryEntry("anna", "kept", "known", Map.of(), now, now, version));
        try (UnifiedMemory memory = UnifiedMemory.builder()
                .primary("sqlite", store, BackendOptions.LOCAL)
                .replica("other", other, BackendOptions.UPSTREAM)
                .build()) {
            memory.store("anna", "here", "mine", Map.of()); // makes her one of the users that are compared
            Map<String, Object> found = new CompareQuestion(memory, later).answer(Map.of(), Principal.LOCAL);
            assertThat(Json.write(found)).contains("known").doesNotContain("secret");
            assertThat(Json.write(found)).contains("\"key\":\"gone\"", "\"expired\":true");
        }
    }
}
