package io.unifiedmemory.config;

import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * The configuration file as it stands there.
 *
 * @param settings the single values
 * @param upstreams the entries under {@code upstreams}
 * @param pasted the entries under {@code mcpServers} or {@code servers}, as clients write them
 */
record ConfigFile(
        Map<Setting, Object> settings,
        Map<String, Map<String, Object>> upstreams,
        Map<String, Map<String, Object>> pasted) {

    /** Some editors, on Windows above all, begin UTF-8 with it. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    static final ConfigFile NONE = new ConfigFile(Map.of(), Map.of(), Map.of());

    /**
     * Reads a file; throws {@link ConfigException} when it is missing, no JSON object, or has unknown options.
     *
     * @param origin the variable or flag that names the file
     */
    static ConfigFile read(Path file, String origin) {
        ConfigFile config = new ConfigFile(new EnumMap<>(Setting.class), new LinkedHashMap<>(), new LinkedHashMap<>());
        json(file, origin).forEach((name, value) -> {
            switch (name) {
                case "upstreams" -> config.addEntries(config.upstreams, name, value, file);
                case "mcpServers", "servers" -> config.addEntries(config.pasted, name, value, file);
                case "sqlite", "search", "limits", "http", "auth" ->
                    object(name, value, file)
                            .forEach((inner, setting) -> config.addSetting(name + "." + inner, setting, file));
                default -> config.addSetting(name, value, file);
            }
        });
        return config;
    }

    private static Map<String, Object> json(Path file, String origin) {
        try {
            String text = Files.readString(file);
            return Json.parseObject(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
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
                        + ", upstreams, mcpServers (from " + file + ")"));
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

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String path, Object value, Path file) {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw new ConfigException(path + " must be a JSON object, not " + Type.kindOf(value) + " (from " + file + ")");
    }
}
