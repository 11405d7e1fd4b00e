package io.unifiedmemory.unified;

import io.unifiedmemory.memory.spi.OutboxAdmin;
import org.jspecify.annotations.Nullable;

/**
 * How an enabled backend is, as far as that is known without asking it.
 *
 * @param works whether calls go through and the last one did not fail
 * @param breaker {@code closed} while calls go through, {@code open} or {@code half_open} while they do not
 * @param backlog what it is owed; null for the local database, and when the outbox cannot be read
 */
public record BackendState(boolean works, String breaker, OutboxAdmin.@Nullable Backlog backlog) {}
