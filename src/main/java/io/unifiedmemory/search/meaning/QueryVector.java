package io.unifiedmemory.search.meaning;

/**
 * What a query means.
 *
 * @param model the name of the model: only its own vectors can be compared with this one
 * @param values of length 1
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record QueryVector(String model, float[] values) {}
