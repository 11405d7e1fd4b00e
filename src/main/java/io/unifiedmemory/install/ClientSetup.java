package io.unifiedmemory.install;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;

/**
 * Plans how a server entry gets into a client's configuration and out again. Nothing is written before
 * {@link Change#apply}. What the new text says is compared with what it should say before it is offered, so that a
 * configuration written in a way that the editing does not know is refused, never damaged. Thread-safe.
 */
public final class ClientSetup {

    /** The remark on an entry that was not there before. */
    public static final String ADDED = "added";

    private final Machine machine;
    private final ServerEntry entry;
    private final Map<String, String> first;

    public ClientSetup(Machine machine, ServerEntry entry) {
        this(machine, entry, Map.of());
    }

    /** @param first variables of an entry that is not there yet; an older one is what its user has made of it */
    public ClientSetup(Machine machine, ServerEntry entry, Map<String, String> first) {
        this.machine = machine;
        this.entry = entry;
        this.first = first;
    }

    /** The entry alone, as the client's configuration would say it. */
    public String snippet(Client client) {
        return client.servers().put("", ServerEntry.NAME, entry.with(first).over(Map.of(), client));
    }

    /**
     * Adds the entry, or brings one of the same name up to date; what its user has added to that one stays.
     *
     * @throws InstallException when the configuration is malformed or written in a way that is not understood
     */
    public Change add(Client client) {
        Path file = client.file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        String text = before == null ? "" : before;
        Map<String, Object> said = parse(client, file, text);
        Map<String, Object> servers = servers(client, file, said);
        boolean isNew = !servers.containsKey(ServerEntry.NAME);
        Map<String, Object> wanted = wanted(client, servers);
        if (wanted.equals(servers.get(ServerEntry.NAME))) {
            return Change.none(file, before, "is there already");
        }
        servers.put(ServerEntry.NAME, wanted);
        said.put(client.servers().container(), servers);
        return checked(
                client,
                said,
                new Change(
                        file,
                        before,
                        ConfigurationFile.edit(text, body -> client.servers().put(body, ServerEntry.NAME, wanted)),
                        isNew ? ADDED : "brought up to date"));
    }

    private Map<String, Object> wanted(Client client, Map<String, Object> servers) {
        boolean isNew = !servers.containsKey(ServerEntry.NAME);
        return (isNew ? entry.with(first) : entry).over(object(servers.get(ServerEntry.NAME)), client);
    }

    /**
     * The variables that the entry has once it was added.
     *
     * @throws InstallException as {@link #add}
     */
    public Map<String, String> variables(Client client) {
        Path file = client.file(machine);
        @Nullable String text = ConfigurationFile.read(file);
        Map<String, Object> servers = servers(client, file, parse(client, file, text == null ? "" : text));
        Map<String, String> variables = new TreeMap<>();
        object(wanted(client, servers).get("env")).forEach((name, value) -> variables.put(name, String.valueOf(value)));
        return variables;
    }

    /**
     * Takes the entry out if it starts this very server; an entry of the same name that starts something else stays. A
     * file that was made for the entry alone goes too.
     *
     * @throws InstallException when the configuration is malformed or written in a way that is not understood
     */
    public Change remove(Client client) {
        Path file = client.file(machine);
        @Nullable String before = ConfigurationFile.read(file);
        if (before == null || !before.contains(ServerEntry.NAME)) {
            return Change.none(file, before, "is not there");
        }
        Map<String, Object> said = parse(client, file, before);
        Map<String, Object> servers = servers(client, file, said);
        if (!servers.containsKey(ServerEntry.NAME)) {
            return Change.none(file, before, "is not there");
        }
        if (!entry.starts(object(servers.get(ServerEntry.NAME)))) {
            return Change.none(file, before, "starts another program and stays");
        }
        servers.remove(ServerEntry.NAME);
        String after = ConfigurationFile.edit(before, body -> client.servers().remove(body, ServerEntry.NAME));
        if (servers.isEmpty()
                && client.servers()
                                .parse(ConfigurationFile.body(after))
                                .get(client.servers().container())
                        == null) {
            said.remove(client.servers().container());
        } else {
            said.put(client.servers().container(), servers);
        }
        Change change = checked(client, said, new Change(file, before, after, "removed"));
        boolean ours = said.isEmpty() && !Files.exists(ConfigurationFile.backup(file)) && hollow(after);
        return ours ? new Change(file, before, null, "removed") : change;
    }

    private static boolean hollow(String text) {
        return text.isBlank() || text.strip().equals("{}");
    }

    private static Map<String, Object> parse(Client client, Path file, String text) {
        String form = client.servers().form();
        try {
            return new LinkedHashMap<>(client.servers().parse(ConfigurationFile.body(text)));
        } catch (StreamReadException e) {
            throw new InstallException(
                    "%s cannot be read as %s: line %d, column %d: %s; it is left as it is"
                            .formatted(
                                    file,
                                    form,
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr(),
                                    firstLine(e)),
                    e);
        } catch (JacksonException e) {
            throw new InstallException(
                    "%s must hold one %s object; it is left as it is (line %d)"
                            .formatted(file, form, e.getLocation().getLineNr()),
                    e);
        }
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
    }

    /** The entries of a configuration by their names, as a copy. */
    private static Map<String, Object> servers(Client client, Path file, Map<String, Object> said) {
        @Nullable Object servers = said.getOrDefault(client.servers().container(), Map.of());
        if (!(servers instanceof Map)) {
            throw new InstallException(file + ": " + client.servers().container()
                    + " must hold server entries by their names; it is left as it is");
        }
        return object(servers);
    }

    /** A copy of what an object says; empty for anything else. */
    private static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> object.put(String.valueOf(name), member));
        }
        return object;
    }

    private static Change checked(Client client, Map<String, Object> wanted, Change change) {
        if (!says(client, String.valueOf(change.after()), wanted)) {
            throw new InstallException(
                    ("%s is valid, but writes its servers in a form that this program does not edit; it is"
                                    + " left as it is: change the entry %s by hand, which `client show %s` prints")
                            .formatted(change.file(), ServerEntry.NAME, client.label()));
        }
        return change;
    }

    private static boolean says(Client client, String text, Map<String, Object> wanted) {
        try {
            return client.servers().parse(ConfigurationFile.body(text)).equals(wanted);
        } catch (JacksonException e) {
            return false;
        }
    }
}
