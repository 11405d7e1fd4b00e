package io.unifiedmemory.unified.sync;

import java.util.Map;

/**
 * The result of comparing every backend with the store of record.
 *
 * @param drifts the differences, by the backend's name
 * @param problems why a backend could not be compared, by name; what was compared before that stays repaired
 */
public record Reconciliation(Map<String, Drift> drifts, Map<String, String> problems) {}
