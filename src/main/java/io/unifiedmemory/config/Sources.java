package io.unifiedmemory.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of options come from: flags, else variables, else the file, else the default. Every value is checked when
 * it is asked for; what is wrong is a {@link ConfigException} that names the option and where it was set. Immutable.
 */
final class Sources {

    /** A value as it was written. */
    private record Raw(Object value, String origin) {}

    private final Map<Setting, String> flags;
    private final Map<String, String> environment;
    private final FilePaths files;
    private final ConfigFile file;
    private final String fileName;

    /** What is known before the configuration file is. */
    Sources(Map<Setting, String> flags, Map<String, String> environment, FilePaths files) {
        this(flags, environment, files, ConfigFile.NONE, "");
    }

    private Sources(
            Map<Setting, String> flags,
            Map<String, String> environment,
            FilePaths files,
            ConfigFile file,
            String fileName) {
        this.flags = flags;
        this.environment = environment;
        this.files = files;
        this.file = file;
        this.fileName = fileName;
    }

    /** The same with what the file says. */
    Sources with(ConfigFile read, Path path) {
        return new Sources(flags, environment, files, read, path.toString());
    }

    boolean flag(Setting setting) {
        return (Boolean) required(setting);
    }

    int integer(Setting setting) {
        return (Integer) required(setting);
    }

    String text(Setting setting) {
        return (String) required(setting);
    }

    /** A text that may be left out; null when it is. */
    @Nullable
    String optionalText(Setting setting) {
        return (String) value(setting);
    }

    /** A word of a choice, as the constant of that name. */
    <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
        return Enum.valueOf(type, text(setting).toUpperCase(Locale.ROOT));
    }

    /** Texts with commas between them, in small letters as hosts and origins are compared. */
    Set<String> list(Setting setting) {
        String text = optionalText(setting);
        return text == null
                ? Set.of()
                : Arrays.stream(text.toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** The path that a value leads to; null when there is no value. */
    @Nullable
    Path path(Setting setting) {
        Raw raw = raw(setting);
        if (raw == null) {
            return null;
        }
        String text = (String) setting.type().parse(setting.path(), raw.value, raw.origin);
        return files.of(text, setting.path(), raw.origin);
    }

    /** A text that is read by somebody else, whose {@link IllegalArgumentException} is about this option. */
    <T> T read(Setting setting, Function<String, T> reader) {
        try {
            return reader.apply(text(setting));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(setting.path() + ": " + e.getMessage() + " (from " + origin(setting) + ")");
        }
    }

    /** The flag, variable or file that sets an option. */
    String origin(Setting setting) {
        Raw raw = raw(setting);
        return raw == null ? "the default" : raw.origin;
    }

    private Object required(Setting setting) {
        return Objects.requireNonNull(value(setting));
    }

    private @Nullable Object value(Setting setting) {
        Raw raw = raw(setting);
        return raw == null ? setting.absent() : setting.type().parse(setting.path(), raw.value, raw.origin);
    }

    private @Nullable Raw raw(Setting setting) {
        String flag = flags.get(setting);
        if (flag != null && !Placeholders.isUnset(flag)) {
            return new Raw(readable(setting, flag, setting.flag()), setting.flag());
        }
        String variable = environment.get(setting.variable());
        if (variable != null && !Placeholders.isUnset(variable)) {
            return new Raw(readable(setting, variable, setting.variable()), setting.variable());
        }
        Object value = file.settings().get(setting);
        if (value == null || (value instanceof String text && Placeholders.isUnset(text))) {
            return null;
        }
        return new Raw(value, fileName);
    }

    /** Without the blanks and line breaks around it that no option means, but that files of variables leave behind. */
    private static String readable(Setting setting, String text, String origin) {
        if (Invocation.isLossy(text)) {
            throw new ConfigException(setting.path() + ": " + LocaleEncoding.remedy() + " (from " + origin + ")");
        }
        return setting.type() == Type.SECRET ? Placeholders.withoutLineEnds(text) : text.strip();
    }
}
