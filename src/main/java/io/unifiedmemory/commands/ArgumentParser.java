package io.unifiedmemory.commands;

import io.unifiedmemory.commands.Command.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the arguments of one command apart: its own options, which begin with two hyphens, and the words between them.
 * The options of the whole program are gone before. Immutable.
 */
final class ArgumentParser {

    private enum Value {
        NONE,
        NEEDED,
        OPTIONAL
    }

    private final String command;
    private final String usage;
    private final Map<String, Value> options;

    /**
     * A parser that knows no option yet.
     *
     * @param command its name, which messages begin with
     * @param usage what it takes, which messages end with
     */
    ArgumentParser(String command, String usage) {
        this(command, usage, Map.of());
    }

    private ArgumentParser(String command, String usage, Map<String, Value> options) {
        this.command = command;
        this.usage = usage;
        this.options = options;
    }

    /** Knows {@code --name}. */
    ArgumentParser withSwitch(String option) {
        return with(option, Value.NONE);
    }

    /** Knows {@code --name value} and {@code --name=value}, which may be repeated. */
    ArgumentParser withValue(String option) {
        return with(option, Value.NEEDED);
    }

    /** Knows {@code --name} and {@code --name=value}. */
    ArgumentParser withOptionalValue(String option) {
        return with(option, Value.OPTIONAL);
    }

    boolean knows(String option) {
        return options.containsKey(option);
    }

    /** What is wrong with the arguments, in one line that ends with what is right. */
    UsageException misuse(String what) {
        return new UsageException(command + " " + what + "; " + usage);
    }

    /**
     * Takes them apart.
     *
     * @throws UsageException for an option that this command does not have, a value that is missing, or one too many
     */
    Parsed parse(List<String> arguments) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            Value value = options.get(option);
            if (value == null || (value == Value.NONE && equals >= 0)) {
                throw misuse("does not know " + argument);
            }
            List<String> values = given.computeIfAbsent(option, name -> new ArrayList<>());
            if (equals >= 0) {
                values.add(argument.substring(equals + 1));
            } else if (value == Value.NEEDED) {
                if (++i == arguments.size()) {
                    throw misuse("needs a value behind " + option);
                }
                values.add(arguments.get(i));
            }
        }
        return new Parsed(given, List.copyOf(words));
    }

    private ArgumentParser with(String option, Value value) {
        Map<String, Value> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new ArgumentParser(command, usage, more);
    }

    /**
     * Arguments, taken apart.
     *
     * @param options those that were given, each with its values in their order
     * @param words what is none of them, in its order
     */
    record Parsed(Map<String, List<String>> options, List<String> words) {

        boolean has(String option) {
            return options.containsKey(option);
        }

        /** Every value of an option; none when it was not given. */
        List<String> values(String option) {
            return options.getOrDefault(option, List.of());
        }

        /** The last value of an option, which counts; null when there is none. */
        @Nullable
        String value(String option) {
            List<String> values = values(option);
            return values.isEmpty() ? null : values.get(values.size() - 1);
        }
    }
}
