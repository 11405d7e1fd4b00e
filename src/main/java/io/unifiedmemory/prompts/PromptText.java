package io.unifiedmemory.prompts;

/**
 * A prompt with its values: one message of the person. Immutable.
 *
 * @param description says what the message asks for
 */
public record PromptText(String description, String text) {}
