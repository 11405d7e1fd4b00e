package io.unifiedmemory.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A command line, taken apart.
 *
 * @param flags the options that were given, as text
 * @param words everything else, in its order: a command and its arguments
 */
public record CommandLine(Map<Setting, String> flags, List<String> words) {

    private static final Set<String> TRUTHS = Set.of("true", "false");

    /**
     * Takes {@code --name value}, {@code --name=value} and, for a switch, {@code --name} with or without a truth value; behind
     * {@code --} all is words.
     *
     * @param ofCommand whether a name that is none of a setting is an option of a command, which is passed on as a word
     */
    public static CommandLine parse(List<String> arguments, Predicate<String> ofCommand) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--")) {
                words.addAll(arguments.subList(i + 1, arguments.size()));
                break;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Optional<Setting> named = argument.startsWith("--") ? Setting.byFlag(name) : Optional.empty();
            if (!argument.startsWith("--") || (named.isEmpty() && ofCommand.test(name))) {
                words.add(argument);
                continue;
            }
            Setting setting = named.orElseThrow(() -> new ConfigException("unknown option " + name + "; accepted are "
                    + Arrays.stream(Setting.values()).map(Setting::flag).collect(Collectors.joining(", "))
                    + " (from the command line)"));
            if (equals >= 0) {
                flags.put(setting, argument.substring(equals + 1));
            } else if (setting.isSwitch()) {
                boolean said = i + 1 < arguments.size() && TRUTHS.contains(arguments.get(i + 1));
                flags.put(setting, said ? arguments.get(++i) : "true");
            } else if (++i < arguments.size()) {
                flags.put(setting, arguments.get(i));
            } else {
                throw new ConfigException(name + " needs a value: " + setting.accepts() + " (from the command line)");
            }
        }
        return new CommandLine(Map.copyOf(flags), List.copyOf(words));
    }
}
