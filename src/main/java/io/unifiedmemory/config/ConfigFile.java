package io.unifiedmemory.config;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The configuration file as it stands there.
 *
 * @param settings the single values
 * @param contracts the values under {@code contracts}
 * @param upstreams the entries under {@code upstreams}
 * @param pasted the entries under {@code mcpServers} or {@code servers}, as clients write them
 */
record ConfigFile(
        Map<Setting, Object> settings,
        Map<String, Object> contracts,
        Map<String, Map<String, Object>> upstreams,
        Map<String, Map<String, Object>> pasted) {

    /** Some editors, on Windows above all, begin UTF-8 with it. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** The fields that hold others of ours. */
    private static final Set<String> OURS =
            Set.of("upstreams", "contracts", "history", "sqlite", "postgres", "search", "limits", "http", "auth");

    /** Of a shorter word another one may differ as little. */
    private static final int SHORTEST_THAT_IS_MISSPELT = 8;

    static final ConfigFile NONE = new ConfigFile(Map.of(), Map.of(), Map.of(), Map.of());

    /**
     * Reads a file; throws {@link ConfigException} when it is missing, no JSON object, or has unknown options.
     *
     * @param origin the variable or flag that names the file
     */
    static ConfigFile read(Path file, String origin) {
        ConfigFile config = new ConfigFile(
                new EnumMap<>(Setting.class), new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        Map<String, Object> json = json(file, origin);
        boolean ofClient = isOfClient(json);
        json.forEach((name, value) -> {
            switch (name) {
                case "contracts" -> config.contracts.putAll(object(name, value, file));
                case "upstreams" -> config.addEntries(config.upstreams, name, value, file);
                case "mcpServers", "servers" -> config.addEntries(config.pasted, name, value, file);
                case "history", "sqlite", "postgres", "search", "limits", "http", "auth" ->
                    object(name, value, file)
                            .forEach((inner, setting) -> config.addSetting(name + "." + inner, setting, file));
                default -> {
                    if (!ofClient) {
                        config.addSetting(name, value, file);
                    }
                }
            }
        });
        return config;
    }

    /**
     * Whether it is the file of a client, with settings of its own beside the entries: it has entries under a client's name
     * for them, and nothing that is ours or was meant to be.
     */
    private static boolean isOfClient(Map<String, Object> json) {
        return (json.containsKey("mcpServers") || json.containsKey("servers"))
                && json.keySet().stream().noneMatch(name -> OURS.contains(name) || isMeantToBeOurs(name));
    }

    private static boolean isMeantToBeOurs(String name) {
        return Arrays.stream(Setting.values())
                .filter(setting -> setting != Setting.CONFIG)
                .map(Setting::path)
                .anyMatch(path -> path.equals(name)
                        || (path.length() >= SHORTEST_THAT_IS_MISSPELT
                                && path.indexOf('.') < 0
                                && differsLittle(path.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))));
    }

    /** Whether two letters that are missing, too many, wrong or swapped make one word of the other. */
    private static boolean differsLittle(String a, String b) {
        int start = 0;
        int end = 0;
        int least = Math.min(a.length(), b.length());
        while (start < least && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        while (end < least - start && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
            end++;
        }
        return Math.max(a.length(), b.length()) - start - end <= 2;
    }

    /** The JSON object in a file; throws {@link ConfigException} when there is none. */
    static Map<String, Object> json(Path file, String origin) {
        try {
            String text = Files.readString(file);
            return Json.parseSettings(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "does not exist", origin);
        } catch (AccessDeniedException e) {
            throw unreadable(file, "cannot be read: this account has no right to", origin);
        } catch (CharacterCodingException e) {
            throw unreadable(file, "is not UTF-8 text: save it in that encoding", origin);
        } catch (IOException e) {
            String what = Files.isDirectory(file) ? "is a folder" : "cannot be read: " + e.getMessage();
            throw unreadable(file, what, origin);
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " in line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw unreadable(
                    file, "is not a JSON object" + where + ": " + withoutToken(e.getOriginalMessage()), origin);
        }
    }

    /** A value without its quotes is such a token, and may be secret. */
    private static String withoutToken(String message) {
        return message.replaceAll("(?s)token '.*?'", "token");
    }

    private static ConfigException unreadable(Path file, String what, String origin) {
        return new ConfigException("the configuration file " + file + " " + what + " (from " + origin + ")");
    }

    private void addSetting(String path, Object value, Path file) {
        Setting setting = Setting.byPath(path)
                .orElseThrow(() -> new ConfigException("unknown option " + path + "; accepted are "
                        + Arrays.stream(Setting.values())
                                .filter(known -> known != Setting.CONFIG)
                                .map(Setting::path)
                                .collect(Collectors.joining(", "))
                        + ", upstreams, contracts, mcpServers (from " + file + ")"));
        if (value != null) {
            settings.put(setting, value);
        }
    }

    private void addEntries(Map<String, Map<String, Object>> entries, String path, Object value, Path file) {
        object(path, value, file).forEach((name, entry) -> {
            if (upstreams.containsKey(name) || pasted.containsKey(name)) {
                throw new ConfigException("two upstreams are called " + name
                        + "; give one of them another name: what is owed to each is kept by its name (from " + file
                        + ")");
            }
            entries.put(name, object(path + "." + name, entry, file));
        });
    }

    private static Map<String, Object> object(String path, Object value, Path file) {
        return object(path, value, file.toString());
    }

    /** A JSON object; throws {@link ConfigException} for anything else. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String path, @Nullable Object value, String origin) {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw new ConfigException(
                path + " must be a JSON object, not " + Type.kindOf(value) + " (from " + origin + ")");
    }
}
