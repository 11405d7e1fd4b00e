package io.unifiedmemory.unified.writes;

import java.util.Map;

/**
 * Where a write arrived.
 *
 * @param durability how safe it is
 * @param outcomes what became of it in each configured backend, by name, in the order of their priority
 * @param errors why it failed where it did, one line each, by the backend's name
 */
public record WriteReport(Durability durability, Map<String, Outcome> outcomes, Map<String, String> errors) {}
