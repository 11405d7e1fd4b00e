package io.unifiedmemory.unified.sync;

import java.util.Map;

/**
 * What comparing every backend with the local database came to.
 *
 * @param drifts what was found, by the backend's name
 * @param problems why a backend could not be compared, by name; what was compared before stays mended
 */
public record Reconciliation(Map<String, Drift> drifts, Map<String, String> problems) {}
