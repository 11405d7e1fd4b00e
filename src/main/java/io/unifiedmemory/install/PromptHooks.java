package io.unifiedmemory.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Plans how Claude Code is made to ask for memories by itself: a command that it runs when a session begins and with
 * every prompt, and whose output it shows the model. In its settings a hook is {@code {"hooks": {EVENT: [{"hooks":
 * [{"type": "command", "command": TEXT}]}]}}}. Nothing is written before {@link Change#apply}; hooks of others stay.
 * Stateless.
 */
public final class PromptHooks {

    private static final List<String> EVENTS = List.of("SessionStart", "UserPromptSubmit");

    private static final String HOOKS = "hooks";
    private static final String COMMAND = "command";

    /** Seconds after which Claude Code goes on without. */
    private static final int TIMEOUT = 10;

    private static final JsonServers SETTINGS = JsonServers.strict(HOOKS);

    private PromptHooks() {}

    /** The settings of the user on a machine, whether they exist or not. */
    public static Path file(Machine machine) {
        return machine.folder("CLAUDE_CONFIG_DIR", machine.home().resolve(".claude"))
                .resolve("settings.json");
    }

    /**
     * Adds the hooks, or brings older ones of this program up to date.
     *
     * @param command as the shell runs it
     * @param ours occurs in every hook of this program and in no other
     * @throws InstallException when the settings are malformed or written in a way that is not understood
     */
    public static Change add(Machine machine, String command, String ours) {
        Path file = file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        Map<String, Object> hook = new LinkedHashMap<>();
        hook.put("type", COMMAND);
        hook.put(COMMAND, command);
        hook.put("timeout", TIMEOUT);
        Map<String, Object> group = Map.of(HOOKS, List.of(hook));
        String text = before == null ? "" : before;
        boolean wereThere = before != null && before.contains(escaped(ours));
        for (String event : EVENTS) {
            List<Object> groups = groups(file, text, event);
            List<Object> wanted = without(groups, ours);
            wanted.add(group);
            if (!wanted.equals(groups)) {
                text = checked(file, SETTINGS.put(text, event, (Object) wanted), event, wanted);
            }
        }
        return text.equals(before)
                ? Change.none(file, before, "are there already")
                : new Change(file, before, text, wereThere ? "brought up to date" : ClientSetup.ADDED);
    }

    /**
     * Takes the hooks of this program out. A file that was made for them alone goes too.
     *
     * @param ours occurs in every hook of this program and in no other
     * @throws InstallException when the settings are malformed or written in a way that is not understood
     */
    public static Change remove(Machine machine, String ours) {
        Path file = file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        if (before == null || !before.contains(escaped(ours))) {
            return Change.none(file, before, "are not there");
        }
        String text = before;
        for (String event : EVENTS) {
            List<Object> groups = groups(file, text, event);
            List<Object> wanted = without(groups, ours);
            if (!wanted.equals(groups)) {
                text = wanted.isEmpty() ? SETTINGS.remove(text, event) : SETTINGS.put(text, event, (Object) wanted);
                checked(file, text, event, wanted);
            }
        }
        boolean hollow = text.isBlank() || text.strip().equals("{}");
        boolean made = hollow && !Files.exists(ConfigurationFile.backup(file));
        return new Change(file, before, made ? null : text, "removed");
    }

    /** How a text without line breaks stands within a JSON string. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static List<Object> groups(Path file, String text, String event) {
        Map<String, Object> said;
        try {
            said = SETTINGS.parse(text);
        } catch (JacksonException e) {
            throw new InstallException(
                    file + " cannot be read as JSON; it is left as it is: " + e.getOriginalMessage(), e);
        }
        Object hooks = said.getOrDefault(HOOKS, Map.of());
        Object groups = hooks instanceof Map<?, ?> map ? map.get(event) : null;
        if (!(hooks instanceof Map) || (groups != null && !(groups instanceof List))) {
            throw new InstallException(
                    file + ": " + HOOKS + " must hold lists of hooks by the names of events; it is left as it is");
        }
        return groups == null ? new ArrayList<>() : new ArrayList<>((List<?>) groups);
    }

    /** The groups without the hooks of this program, and without groups that had nothing else. */
    private static List<Object> without(List<Object> groups, String ours) {
        List<Object> kept = new ArrayList<>();
        for (Object group : groups) {
            if (group instanceof Map<?, ?> map && map.get(HOOKS) instanceof List<?> hooks) {
                List<?> others =
                        hooks.stream().filter(hook -> !isOurs(hook, ours)).toList();
                if (others.size() == hooks.size()) {
                    kept.add(group);
                } else if (!others.isEmpty()) {
                    Map<Object, Object> rest = new LinkedHashMap<>(map);
                    rest.put(HOOKS, others);
                    kept.add(rest);
                }
            } else {
                kept.add(group);
            }
        }
        return kept;
    }

    private static boolean isOurs(@Nullable Object hook, String ours) {
        return hook instanceof Map<?, ?> map && map.get(COMMAND) instanceof String command && command.contains(ours);
    }

    private static String checked(Path file, String text, String event, List<Object> wanted) {
        if (!groups(file, text, event).equals(wanted)) {
            throw new InstallException(file
                    + " is valid, but writes its hooks in a form that this program does not edit; it is left as it is");
        }
        return text;
    }
}
