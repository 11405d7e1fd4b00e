package io.unifiedmemory.prompts;

import java.util.List;

/**
 * A prompt that a person can choose. Immutable.
 *
 * @param title for people
 * @param description says what it is good for
 */
public record Prompt(String name, String title, String description, List<Argument> arguments) {

    public Prompt {
        arguments = List.copyOf(arguments);
    }

    /** A value that a person gives with a prompt. */
    public record Argument(String name, String title, String description, boolean required) {}
}
