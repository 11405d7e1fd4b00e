package io.unifiedmemory.tools;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.unified.Health;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.writes.Deleted;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** {@code health} and {@code cleanup}: the upkeep of the memory as a whole. */
final class MaintenanceTools {

    private static final int MAX_AGE_DAYS = 36_500;

    private final UnifiedMemory memory;
    private final Fields fields;
    private final Clock clock;
    private final String version;
    private final Supplier<DatabaseInfo> database;

    MaintenanceTools(
            UnifiedMemory memory, ToolOptions options, Clock clock, String version, Supplier<DatabaseInfo> database) {
        this.memory = memory;
        this.clock = clock;
        this.version = version;
        this.database = database;
        fields = new Fields(options);
    }

    Tool health() {
        return Tool.named("health")
                .titled("Check the memory's health")
                .describedAs(
                        "Show the state of each backend: up or down, and why. Use it when a reply says complete: false or"
                                + " a call failed.")
                .takes(Schema.object())
                .reads()
                .about(ToolScope.NO_USER)
                .handledBy(this::health)
                .build();
    }

    private ToolResult health(ToolCall call) {
        boolean whole = !call.caller().isRestricted();
        Health health = memory.health();
        Map<String, Object> backends = new LinkedHashMap<>();
        health.backends()
                .forEach((name, backend) -> backends.put(name, whole ? details(name, backend) : state(backend)));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("status", health.status().name().toLowerCase(Locale.ROOT));
        result.put("version", version);
        if (whole) {
            result.put("database", json(database.get()));
        }
        result.put("backends", backends);
        if (whole) {
            Fields.putProblems(result, health.problems());
        }
        if (whole && !health.orphans().isEmpty()) {
            result.put("orphans", health.orphans());
        }
        return new ToolResult(result);
    }

    private static Map<String, Object> json(DatabaseInfo info) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", info.path());
        json.put("url", info.url());
        json.put("server", info.server());
        json.put("acknowledged", info.acknowledged());
        json.put("bytes", info.bytes());
        json.put("free_bytes", info.freeBytes());
        json.values().removeIf(Objects::isNull);
        return json;
    }

    /** What concerns every caller: no addresses, no amounts, no texts in which others' memories may occur. */
    private static Map<String, Object> state(Health.Backend backend) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", backend.type());
        json.put("role", backend.role().name().toLowerCase(Locale.ROOT));
        json.put("enabled", backend.enabled());
        json.put("priority", backend.priority());
        json.put("up", backend.up());
        json.put("breaker", backend.breaker());
        if (backend.latencyMillis() != null) {
            json.put("latency_ms", backend.latencyMillis());
        }
        return json;
    }

    private static String advice(String name, Health.Backend backend) {
        String owed = backend.backlog() == null
                ? "New writes wait for that"
                : backend.backlog().pending() + " writes wait for that, and each further one will";
        return "Its entry in the configuration has to be corrected or removed. " + owed + "; the command \"outbox drop "
                + name + " --pending\" discards them.";
    }

    private static Map<String, Object> details(String name, Health.Backend backend) {
        Map<String, Object> json = state(backend);
        json.put("detail", Fields.bounded(backend.detail()));
        if (backend.backlog() != null) {
            json.put("pending", backend.backlog().pending());
            json.put("dead_letters", backend.backlog().dead());
        }
        if (backend.misconfigured()) {
            json.put("misconfigured", advice(name, backend));
        }
        if (backend.oldestPending() != null) {
            json.put("oldest_pending_s", backend.oldestPending().toMillis() / 1e3);
        }
        if (backend.lastConfirmed() != null) {
            json.put("last_confirmed_at", backend.lastConfirmed().toString());
        }
        if (backend.drift() != null) {
            json.put("drift", backend.drift().count());
        }
        if (backend.lastError() != null) {
            json.put("last_error", Fields.bounded(backend.lastError()));
            json.put("last_error_at", String.valueOf(backend.lastErrorAt()));
        }
        return json;
    }

    Tool cleanup() {
        return Tool.named("cleanup")
                .titled("Delete old memories")
                .describedAs(
                        "Forget every memory of a user that was last stored longer ago than this; only when asked to.")
                .takes(fields.input().required("max_age_days", Schema.integer(1, MAX_AGE_DAYS, "")))
                .destroys()
                .about(ToolScope.ONE_USER)
                .handledBy(this::cleanup)
                .build();
    }

    private ToolResult cleanup(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        UnknownArguments.refuseSparing(call.unknown(), true);
        String userId = fields.userId(arguments);
        int days = arguments.integer("max_age_days", 1, MAX_AGE_DAYS);
        ReplicaCodec.Write elsewhere = call.elsewhere();
        Instant cutoff = elsewhere != null && elsewhere.cutoff() != null
                ? elsewhere.cutoff()
                : clock.instant().minus(Duration.ofDays(days));
        HlcTimestamp given = elsewhere == null ? null : elsewhere.version();
        Deleted deleted = memory.expire(userId, cutoff, given);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("deleted", deleted.removal().count());
        Fields.putReport(result, deleted.report());
        return ToolResult.answering(call, result, () -> ReplicaCodec.removal(deleted.removal()));
    }
}
