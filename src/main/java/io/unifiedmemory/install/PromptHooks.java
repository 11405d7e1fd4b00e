package io.unifiedmemory.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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
     * @param ours which commands are hooks of this program
     * @throws InstallException when the settings are malformed or written in a way that is not understood
     */
    public static Change add(Machine machine, String command, Predicate<String> ours) {
        Path file = file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        Map<String, Object> hook = new LinkedHashMap<>();
        hook.put("type", COMMAND);
        hook.put(COMMAND, command);
        hook.put("timeout", TIMEOUT);
        Map<String, Object> group = Map.of(HOOKS, List.of(hook));
        String text = before == null ? "" : before;
        boolean wereThere = false;
        for (String event : EVENTS) {
            List<Object> groups = groups(file, parse(file, text), event);
            List<Object> wanted = without(groups, ours);
            wereThere |= !wanted.equals(groups);
            wanted.add(group);
            text = with(file, text, event, wanted);
        }
        return text.equals(before)
                ? Change.none(file, before, "are there already")
                : new Change(file, before, text, wereThere ? "brought up to date" : ClientSetup.ADDED);
    }

    /**
     * Takes the hooks of this program out. A file that was made for them alone goes too.
     *
     * @param ours which commands are hooks of this program
     * @throws InstallException when the settings are malformed or written in a way that is not understood
     */
    public static Change remove(Machine machine, Predicate<String> ours) {
        Path file = file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        if (before == null) {
            return Change.none(file, before, "are not there");
        }
        String text = before;
        for (String event : EVENTS) {
            text = with(file, text, event, without(groups(file, parse(file, text), event), ours));
        }
        if (text.equals(before)) {
            return Change.none(file, before, "are not there");
        }
        boolean hollow = text.isBlank() || text.strip().equals("{}");
        boolean made = hollow && !Files.exists(ConfigurationFile.backup(file));
        return new Change(file, before, made ? null : text, "removed");
    }

    /**
     * The text with this list for an event, and without the event when the list is empty. All of what the text then says is
     * compared with what it should say.
     */
    private static String with(Path file, String text, String event, List<Object> wanted) {
        Map<String, Object> said = parse(file, text);
        if (groups(file, said, event).equals(wanted)) {
            return text;
        }
        Map<Object, Object> hooks = new LinkedHashMap<>();
        if (said.get(HOOKS) instanceof Map<?, ?> map) {
            hooks.putAll(map);
        }
        String after;
        if (wanted.isEmpty()) {
            hooks.remove(event);
            after = ConfigurationFile.edit(text, body -> SETTINGS.remove(body, event));
        } else {
            hooks.put(event, wanted);
            after = ConfigurationFile.edit(text, body -> SETTINGS.put(body, event, (Object) wanted));
        }
        said.put(HOOKS, hooks);
        if (hooks.isEmpty()) {
            said.remove(HOOKS);
        }
        if (!parse(file, after).equals(said)) {
            throw new InstallException(file
                    + " is valid, but writes its hooks in a form that this program does not edit; it is left as it is");
        }
        return after;
    }

    private static Map<String, Object> parse(Path file, String text) {
        try {
            return new LinkedHashMap<>(SETTINGS.parse(ConfigurationFile.body(text)));
        } catch (JacksonException e) {
            throw new InstallException(
                    file + " cannot be read as JSON; it is left as it is: " + e.getOriginalMessage(), e);
        }
    }

    private static List<Object> groups(Path file, Map<String, Object> said, String event) {
        Object hooks = said.getOrDefault(HOOKS, Map.of());
        Object groups = hooks instanceof Map<?, ?> map ? map.get(event) : null;
        if (!(hooks instanceof Map) || (groups != null && !(groups instanceof List))) {
            throw new InstallException(
                    file + ": " + HOOKS + " must hold lists of hooks by the names of events; it is left as it is");
        }
        return groups == null ? new ArrayList<>() : new ArrayList<>((List<?>) groups);
    }

    /** The groups without the hooks of this program, and without groups that had nothing else. */
    private static List<Object> without(List<Object> groups, Predicate<String> ours) {
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

    private static boolean isOurs(@Nullable Object hook, Predicate<String> ours) {
        return hook instanceof Map<?, ?> map && map.get(COMMAND) instanceof String command && ours.test(command);
    }
}
