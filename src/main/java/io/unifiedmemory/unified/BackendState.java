package io.unifiedmemory.unified;

import io.unifiedmemory.memory.spi.OutboxAdmin;
import org.jspecify.annotations.Nullable;

/**
 * The state of an enabled backend, as far as it is known without asking the backend.
 *
 * @param works whether calls are admitted and the last one did not fail
 * @param breaker {@code closed} while calls are admitted, {@code open} or {@code half_open} while they are refused
 * @param backlog its pending writes; null for the store of record, and when the outbox cannot be read
 */
public record BackendState(boolean works, String breaker, OutboxAdmin.@Nullable Backlog backlog) {}
