package io.unifiedmemory.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerMetricsTest {

    @TempDir
    Path folder;

    @Test
    void onePageCountsEachOutboxOnceAndTheNextOneAnew() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        AtomicInteger counted = new AtomicInteger();
        try (UnifiedMemory memory = UnifiedMemory.builder()
                .primary("sqlite", counting(new SqliteStore(database), counted), BackendOptions.LOCAL)
                .replica("team", new InMemoryBackend(), BackendOptions.UPSTREAM)
                .build()) {
            ServerMetrics metrics = new ServerMetrics("1");
            metrics.watch(memory);

            assertThat(metrics.page().body())
                    .contains(
                            "unified_memory_backend_works{backend=\"sqlite\"} 1.0",
                            "unified_memory_breaker_state{backend=\"team\",state=\"closed\"} 1.0",
                            "unified_memory_outbox_pending{backend=\"team\"} 0.0",
                            "unified_memory_outbox_dead_letters{backend=\"team\"} 0.0");
            assertThat(counted).hasValue(1);
            memory.store("user", "key", "value", Map.of());
            metrics.page();
            assertThat(counted).hasValue(2);
        }
    }

    @Test
    void aDatabaseShowsItsSizeAndAServerWhatItConfirms() {
        DatabaseInfo[] info = {DatabaseInfo.ofFile(folder.resolve("memory.db"), 4096, 1L)};
        ServerMetrics metrics = new ServerMetrics("1");
        metrics.watch(() -> info[0]);
        assertThat(metrics.page().body())
                .contains("unified_memory_database_bytes 4096.0")
                .doesNotContain("unified_memory_database_server{", "memory.db");

        info[0] = DatabaseInfo.ofServer("postgresql://h/d", null, null, null);
        assertThat(metrics.page().body()).doesNotContain("unified_memory_database_bytes ", "database_server{");

        info[0] = DatabaseInfo.ofServer("postgresql://h/d", "PostgreSQL 18.0", "two machines", 5L);
        assertThat(metrics.page().body())
                .contains(
                        "unified_memory_database_bytes 5.0",
                        "unified_memory_database_server{acknowledged=\"two machines\",server=\"PostgreSQL 18.0\"} 1.0")
                .doesNotContain("postgresql://");
    }

    /** A store that works like the given one and counts how often anybody asks how much is owed. */
    private static PrimaryStore counting(PrimaryStore store, AtomicInteger counted) {
        OutboxAdmin admin = spied(OutboxAdmin.class, store.outboxAdmin(), (method, answer) -> {
            if (method.equals("backlog")) {
                counted.incrementAndGet();
            }
            return answer;
        });
        return spied(PrimaryStore.class, store, (method, answer) -> method.equals("outboxAdmin") ? admin : answer);
    }

    private static <T> T spied(Class<T> type, T delegate, BinaryOperator<Object> spy) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> spy.apply(method.getName(), method.invoke(delegate, arguments))));
    }
}
