package io.unifiedmemory.unified.writes;

import java.util.Map;

/**
 * Where a write arrived.
 *
 * @param durability how safe the write is
 * @param outcomes the outcome in each configured backend, by name, in the order of priority
 * @param errors why the write failed where it did, one line each, by the backend's name
 */
public record WriteReport(Durability durability, Map<String, Outcome> outcomes, Map<String, String> errors) {}
