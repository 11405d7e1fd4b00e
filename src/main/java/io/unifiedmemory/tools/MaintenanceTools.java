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
import java.util.List;
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
                        "Show the state of the memory and of each backend: up or down, why, how fast. Use it when a"
                                + " reply says complete: false or a call failed.")
                .takes(Schema.object())
                .returns(healthSchema())
                .reads()
                .about(ToolScope.NO_USER)
                .handledBy(this::health)
                .build();
    }

    private static ObjectSchema healthSchema() {
        return Schema.object()
                .required(
                        "status",
                        Schema.oneOf(
                                List.of("ok", "degraded", "down"),
                                "ok: every enabled backend works. degraded: some do, or pending writes cannot"
                                        + " be delivered. down: no backend works."))
                .required("version", Schema.string("The version of this server"))
                .optional(
                        "database",
                        Schema.object()
                                .optional("path", Schema.string("The local database file"))
                                .optional("url", Schema.string("The address of a database on a server"))
                                .optional("server", Schema.string("The engine of that server and its version"))
                                .optional(
                                        "acknowledged",
                                        Schema.string("What a write survives that this server has confirmed"))
                                .optional("bytes", Schema.integer(0, "The size of the database"))
                                .optional("free_bytes", Schema.integer(0, "The free space on its disk"))
                                .closed())
                .required("backends", Schema.mapOf(backendSchema(), "Every configured backend by name"))
                .optional("problems", Schema.mapOf(Schema.string(""), "What else does not work"))
                .optional(
                        "orphans",
                        Schema.mapOf(
                                Schema.integer(0, ""),
                                "Pending writes of backends that are not configured here, by the backend's name"));
    }

    private static Map<String, Object> backendSchema() {
        return Schema.object()
                .required("type", Schema.string("What kind of backend it is"))
                .required(
                        "role",
                        Schema.oneOf(
                                List.of("store", "mirror", "source"),
                                "store: the store of record. mirror: it keeps what the store of record has. source: it is"
                                        + " only searched and listed."))
                .required("enabled", Schema.bool(""))
                .required("priority", Schema.integer(0, "Reads ask the backend with the smallest number first"))
                .required("up", Schema.bool("Whether it answered just now"))
                .optional("detail", Schema.string("What it is, or why it is down"))
                .optional(
                        "misconfigured",
                        Schema.string(
                                "Present when it cannot work until a person corrects its configuration: what happens"
                                        + " to its pending writes"))
                .required(
                        "breaker",
                        Schema.oneOf(
                                List.of("closed", "open", "half_open"),
                                "closed: it is asked. Otherwise it is only probed."))
                .optional("latency_ms", Schema.number("How long its answer took"))
                .optional("pending", Schema.integer(0, "Writes that it has not confirmed yet"))
                .optional("oldest_pending_s", Schema.number("The age of the oldest pending write, in seconds"))
                .optional("dead_letters", Schema.integer(0, "Writes that it will never take"))
                .optional("last_confirmed_at", Schema.string("When it last confirmed a write (ISO-8601, UTC)"))
                .optional("drift", Schema.integer(0, "Differences that the last comparison found and repaired"))
                .optional("last_error", Schema.string("The last failure, even if the backend works now"))
                .optional("last_error_at", Schema.string("When the last failure happened (ISO-8601, UTC)"))
                .closed();
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
                .describedAs("Forget every memory of a user that was last stored more than max_age_days ago, in every"
                        + " backend. It cannot be undone; use it only when asked to.")
                .takes(fields.input()
                        .required(
                                "max_age_days",
                                Schema.integer(
                                        1, MAX_AGE_DAYS, "Age in days. Memories stored more recently are kept.")))
                .returns(Schema.object()
                        .required("deleted", Schema.integer(0, "How many memories were forgotten"))
                        .and(Fields.writeReport("deleted")))
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
