package io.unifiedmemory.monitoring;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.unifiedmemory.http.HttpServer;
import io.unifiedmemory.http.TextPage;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.tools.CallObserver;
import io.unifiedmemory.unified.BackendState;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the server does, for Prometheus. Labels are tools, backends of the configuration, outcomes and status
 * codes: nothing that a client can invent. Thread-safe.
 */
public final class ServerMetrics implements CallObserver, BackendObserver {

    private static final String PREFIX = "unified_memory_";

    /** Bounds of the histograms in seconds, from the time of a local call to the longest timeout. */
    private static final double[] BOUNDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    private static final double NANOS = 1e9;
    private static final int FIRST_REFUSAL = 400;
    private static final List<String> BREAKER_STATES = List.of("closed", "open", "half_open");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Histogram calls = histogram("call_seconds", "Calls of tools.", "tool", "outcome");
    private final Histogram backends =
            histogram("backend_call_seconds", "Calls of backends, every try.", "backend", "outcome");
    private final Counter refused = Counter.builder()
            .name(PREFIX + "refused_requests")
            .help("Requests that were answered with an error of HTTP.")
            .labelNames("status")
            .register(registry);

    private final Counter refusedTokens = Counter.builder()
            .name(PREFIX + "refused_tokens")
            .help("Requests whose token was refused.")
            .labelNames("reason")
            .register(registry);
    private Supplier<Map<String, BackendState>> source = Map::of;
    /** The state that the page being made shows: asked once, because counting the outbox takes long when it is long. */
    private Map<String, BackendState> standing = Map.of();

    /**
     * @param version of this server, shown as a label of the metric {@code unified_memory_build}
     */
    public ServerMetrics(String version) {
        Info.builder()
                .name(PREFIX + "build")
                .help("What runs.")
                .labelNames("version")
                .register(registry)
                .addLabelValues(version);
        Runtime runtime = Runtime.getRuntime();
        gauge("heap_bytes", "The JVM's heap.", List.of("part"), sample -> {
            sample.accept((double) runtime.totalMemory() - runtime.freeMemory(), List.of("used"));
            sample.accept((double) runtime.totalMemory(), List.of("committed"));
            sample.accept((double) runtime.maxMemory(), List.of("max"));
        });
    }

    private Histogram histogram(String name, String help, String... labels) {
        return Histogram.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(BOUNDS)
                .withoutExemplars()
                .register(registry);
    }

    private interface Samples {
        void take(BiConsumer<Double, List<String>> sample);
    }

    private void gauge(String name, String help, List<String> labels, Samples samples) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(gauge ->
                        samples.take((value, labelValues) -> gauge.call(value, labelValues.toArray(String[]::new))))
                .register(registry);
    }

    /**
     * Adds the state of the memory's backends, which is asked once for each page. Call it once, before the first page.
     */
    public void watch(UnifiedMemory memory) {
        source = memory::standing;
        List<String> label = List.of("backend");
        gauge(
                "backend_works",
                "Whether calls go through and the last did not fail.",
                label,
                sample -> standing.forEach(
                        (name, standing) -> sample.accept(standing.works() ? 1.0 : 0.0, List.of(name))));
        gauge(
                "breaker_state",
                "1 for the state of the circuit breaker.",
                List.of("backend", "state"),
                sample -> standing.forEach((name, standing) -> BREAKER_STATES.forEach(
                        state -> sample.accept(standing.breaker().equals(state) ? 1.0 : 0.0, List.of(name, state)))));
        gauge(
                "outbox_pending",
                "Writes that a backend has yet to confirm.",
                label,
                backlog(OutboxAdmin.Backlog::pending));
        gauge(
                "outbox_dead_letters",
                "Writes that a backend will never take.",
                label,
                backlog(OutboxAdmin.Backlog::dead));
    }

    private interface Amount {
        long of(OutboxAdmin.Backlog backlog);
    }

    private Samples backlog(Amount amount) {
        return sample -> standing.forEach((name, standing) -> {
            OutboxAdmin.Backlog backlog = standing.backlog();
            if (backlog != null) {
                sample.accept((double) amount.of(backlog), List.of(name));
            }
        });
    }

    /**
     * Adds the size of the database, and which server it is on. Call it once, before the first page.
     *
     * @param database what is known of it; asked for each page
     */
    public void watch(Supplier<DatabaseInfo> database) {
        gauge("database_bytes", "The size of the database, while it is known.", List.of(), sample -> {
            Long bytes = database.get().bytes();
            if (bytes != null) {
                sample.accept((double) bytes, List.of());
            }
        });
        gauge(
                "database_server",
                "1 for the server that the database is on, and for what a write survives that it has confirmed.",
                List.of("server", "acknowledged"),
                sample -> {
                    DatabaseInfo info = database.get();
                    if (info.server() != null) {
                        sample.accept(1.0, List.of(info.server(), String.valueOf(info.acknowledged())));
                    }
                });
    }

    /** Adds the number of a server's open sessions. Call it once, before the first page. */
    public void watch(HttpServer http) {
        gauge("sessions", "Open sessions.", List.of("transport"), sample -> {
            sample.accept((double) http.streamable().sessions(), List.of("streamable"));
            sample.accept((double) http.sse().sessions(), List.of("sse"));
        });
    }

    @Override
    public void onToolCall(String tool, String outcome, long nanos) {
        calls.labelValues(tool, outcome).observe(nanos / NANOS);
    }

    @Override
    public void ended(String backend, BackendException.@Nullable Kind failure, long nanos) {
        backends.labelValues(backend, failure == null ? CallObserver.OK : CallObserver.of(failure))
                .observe(nanos / NANOS);
    }

    /** Counts the answer if its status is an error. */
    public void replied(int status) {
        if (status >= FIRST_REFUSAL) {
            refused.labelValues(Integer.toString(status)).inc();
        }
    }

    /** Counts a token that was refused. */
    public void refusedToken(String reason) {
        refusedTokens.labelValues(reason).inc();
    }

    /** All metrics in the text format of Prometheus. */
    public synchronized TextPage page() {
        standing = source.get();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.builder()
                    .setIncludeCreatedTimestamps(false)
                    .build()
                    .write(text, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TextPage(200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toString(StandardCharsets.UTF_8));
    }
}
