package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.FanOut;
import io.unifiedmemory.unified.sync.Drift;
import io.unifiedmemory.unified.sync.RestoredFile;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks backends for their status, each within its timeout and whatever its breaker says. */
final class HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

    private final FanOut fanOut;
    private final OutboxAdmin outbox;
    private final Function<BackendHandle, @Nullable Drift> drifts;
    private final Map<String, Supplier<@Nullable String>> troubles;
    private final RestoredFile putBack;
    private final Clock clock;

    /** @param troubles what is the matter with each component, by its name; null while nothing is */
    HealthCheck(
            FanOut fanOut,
            OutboxAdmin outbox,
            Function<BackendHandle, @Nullable Drift> drifts,
            Map<String, Supplier<@Nullable String>> troubles,
            RestoredFile putBack,
            Clock clock) {
        this.fanOut = fanOut;
        this.outbox = outbox;
        this.drifts = drifts;
        this.troubles = troubles;
        this.putBack = putBack;
        this.clock = clock;
    }

    /** Whether the backend answers. False when this thread is interrupted, as at the end of the program. */
    boolean isWell(BackendHandle handle) {
        try {
            return check(List.of(handle)).values().values().stream()
                    .anyMatch(measured -> measured.status().up());
        } catch (CancellationException e) {
            return false;
        }
    }

    /** The state of the enabled backends, without asking any of them. */
    Map<String, BackendState> standing(BackendHandles handles) {
        Map<String, BackendState> all = new LinkedHashMap<>();
        handles.enabled()
                .forEach(handle ->
                        all.put(handle.name(), new BackendState(handle.works(), breaker(handle), backlog(handle))));
        return all;
    }

    /** Whether each enabled backend would take a write now; asks only the one that answers in this process. */
    Map<String, Boolean> ready(BackendHandles handles) {
        Map<String, Boolean> all = new LinkedHashMap<>();
        handles.enabled()
                .forEach(handle -> all.put(
                        handle.name(), handle.isInProcess() ? handle.check().up() : handle.works()));
        return all;
    }

    private static String breaker(BackendHandle handle) {
        return handle.breakerState().name().toLowerCase(Locale.ROOT);
    }

    Health of(BackendHandles handles) {
        Answers<Measured> answers = check(handles.enabled());
        Map<String, Health.Backend> backends = new LinkedHashMap<>();
        handles.all().forEach(handle -> backends.put(handle.name(), backend(handle, answers)));
        long up = backends.values().stream().filter(Health.Backend::up).count();
        Map<String, String> problems = new LinkedHashMap<>();
        Map<String, Long> orphans = orphans(handles, problems);
        boolean allUp = up == handles.enabled().size() && problems.isEmpty();
        Health.Status status = up == 0 ? Health.Status.DOWN : allUp ? Health.Status.OK : Health.Status.DEGRADED;
        return new Health(status, backends, problems, orphans);
    }

    /**
     * The pending writes of backends that are not configured here, by name; notes what does not work in {@code
     * problems}.
     */
    private Map<String, Long> orphans(BackendHandles handles, Map<String, String> problems) {
        Map<String, Long> orphans = new LinkedHashMap<>();
        try {
            for (String name : outbox.backends()) {
                if (handles.all().stream().noneMatch(handle -> handle.name().equals(name))) {
                    OutboxAdmin.Backlog backlog = outbox.backlog(name);
                    orphans.put(name, backlog.pending() + backlog.dead());
                }
            }
        } catch (BackendException e) {
            problems.put(Backends.OUTBOX, e.describe());
        }
        troubles.forEach((component, trouble) -> {
            String matter = trouble.get();
            if (matter != null) {
                problems.put(component, matter);
            }
        });
        return orphans;
    }

    private record Measured(BackendStatus status, double millis) {}

    private Answers<Measured> check(List<BackendHandle> handles) {
        return fanOut.runAll(handles, (handle, deadline) -> {
            long start = System.nanoTime();
            BackendStatus status = handle.check();
            return new Measured(status, Math.round((System.nanoTime() - start) / 1e3) / 1e3);
        });
    }

    private Health.Backend backend(BackendHandle handle, Answers<Measured> answers) {
        BackendHandle.Trouble trouble = handle.lastError();
        OutboxAdmin.Backlog backlog = backlog(handle);
        Measured measured = answers.values().get(handle);
        return new Health.Backend(
                handle.type(),
                role(handle),
                handle.options().enabled(),
                handle.options().priority(),
                measured != null && measured.status().up(),
                handle.options().enabled() && handle.isMisconfigured(),
                detail(handle, measured, answers),
                breaker(handle),
                measured == null ? null : measured.millis(),
                trouble == null ? null : trouble.reason(),
                trouble == null ? null : trouble.at(),
                backlog,
                age(backlog),
                lastConfirmed(backlog),
                drifts.apply(handle));
    }

    private static Health.Role role(BackendHandle handle) {
        return handle.isPrimary() ? Health.Role.STORE : handle.isSource() ? Health.Role.SOURCE : Health.Role.MIRROR;
    }

    /** The writes that a replica is owed; null for others, and when the outbox cannot be read. */
    private OutboxAdmin.@Nullable Backlog backlog(BackendHandle handle) {
        if (handle.isPrimary() || handle.isSource()) {
            return null;
        }
        try {
            return outbox.backlog(handle.name());
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return null;
        }
    }

    private @Nullable Duration age(OutboxAdmin.@Nullable Backlog backlog) {
        Long oldest = backlog == null ? null : backlog.oldestMillis();
        return oldest == null ? null : Duration.ofMillis(Math.max(0, clock.millis() - oldest));
    }

    private static @Nullable Instant lastConfirmed(OutboxAdmin.@Nullable Backlog backlog) {
        Long millis = backlog == null ? null : backlog.confirmedMillis();
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private String detail(BackendHandle handle, @Nullable Measured measured, Answers<Measured> answers) {
        if (!handle.options().enabled()) {
            return "disabled by configuration";
        }
        if (measured == null) {
            return answers.problems().getOrDefault(handle.name(), "");
        }
        List<BackendHandle> uncompared = handle.isPrimary() ? putBack.uncompared() : List.of();
        return measured.status().detail() + (uncompared.isEmpty() ? "" : "; " + putBack.describe(uncompared));
    }
}
