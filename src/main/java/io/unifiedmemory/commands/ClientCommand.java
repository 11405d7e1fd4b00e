package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.install.Change;
import io.unifiedmemory.install.Client;
import io.unifiedmemory.install.ClientSetup;
import io.unifiedmemory.install.InstallException;
import io.unifiedmemory.install.Machine;
import io.unifiedmemory.install.PromptHooks;
import io.unifiedmemory.install.RulesFile;
import io.unifiedmemory.install.ServerEntry;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code client show|add|remove [NAME...] [--dry-run] [--no-default-user] [--hooks] [--rules]}: shows the server entry for programs that use this server, writes
 * it into their configuration, or takes it out. Options on the same command line become variables of the entry.
 */
final class ClientCommand implements Command {

    private static final String DRY_RUN = "--dry-run";
    private static final String NO_DEFAULT_USER = "--no-default-user";
    private static final String HOOKS = "--hooks";
    private static final String RULES = "--rules";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "client", "it needs one of show, add, remove, and then the names of clients: " + labels())
            .withSwitch(DRY_RUN)
            .withSwitch(NO_DEFAULT_USER)
            .withSwitch(HOOKS)
            .withSwitch(RULES);

    private final String action;
    private final boolean dryRun;
    private final boolean asksForUser;
    private final boolean hooks;
    private final boolean rules;
    private final List<Client> clients;
    private final Map<Setting, String> flags;
    private final Map<String, String> environment;

    ClientCommand(List<String> arguments, Map<Setting, String> flags, Map<String, String> environment) {
        this.environment = environment;
        this.flags = flags;
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        dryRun = parsed.has(DRY_RUN);
        // Whoever names one, be it an empty one, has decided.
        asksForUser = parsed.has(NO_DEFAULT_USER) || flags.containsKey(Setting.DEFAULT_USER);
        List<String> names = parsed.words();
        if (names.isEmpty() || !List.of("show", "add", "remove").contains(names.get(0))) {
            throw ARGUMENTS.misuse(names.isEmpty() ? "was not told what to do" : "does not know " + names.get(0));
        }
        action = names.get(0);
        List<Client> named =
                names.stream().skip(1).map(ClientCommand::client).distinct().toList();
        if (named.isEmpty() && action.equals("add")) {
            throw new UsageException("client add needs the name of a client: " + labels());
        }
        clients = named.isEmpty() ? List.of(Client.values()) : named;
        hooks = parsed.has(HOOKS);
        rules = parsed.has(RULES);
        if (hooks && !clients.equals(List.of(Client.CLAUDE_CODE))) {
            throw new UsageException(HOOKS + " is for " + Client.CLAUDE_CODE.label() + " alone; " + RULES
                    + " does the same for clients without hooks");
        }
        if (rules && !clients.stream().allMatch(client -> RulesFile.of(client).isPresent())) {
            throw new UsageException(RULES + " is for clients with a file of rules: "
                    + Arrays.stream(Client.values())
                            .filter(client -> RulesFile.of(client).isPresent())
                            .map(Client::label)
                            .collect(Collectors.joining(", ")));
        }
        if ((hooks || rules) && !action.equals("add")) {
            throw new UsageException(HOOKS + " and " + RULES + " go with client add; client remove takes both back");
        }
    }

    private static Client client(String label) {
        return Client.labelled(label)
                .orElseThrow(() -> new UsageException("unknown client " + label + "; there are " + labels()));
    }

    private static String labels() {
        return Arrays.stream(Client.values()).map(Client::label).collect(Collectors.joining(", "));
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        Machine machine =
                new Machine(System.getProperty("os.name"), HomeFolder.path(HomeFolder.of(environment)), environment);
        Map<String, String> first = firstUser(config);
        ClientSetup setup = new ClientSetup(machine, Program.entry(environment, variables()), first);
        if (action.equals("show")) {
            clients.forEach(client -> show(client, machine, setup, streams.printer()));
            tell(first, streams);
            return 0;
        }
        try {
            List<Planned> plan = action.equals("add") ? additions(machine, setup) : removals(machine, setup);
            plan.forEach(planned -> make(planned, streams.printer()));
            if (!dryRun
                    && plan.stream()
                            .anyMatch(planned -> planned.what.equals(ServerEntry.NAME)
                                    && planned.change.remark().equals(ClientSetup.ADDED))) {
                tell(first, streams);
            }
            return 0;
        } catch (InstallException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return FAILED;
        }
    }

    /** The text for the configuration of each client, by the client's label. */
    Map<String, String> snippets(Config config) {
        Machine machine =
                new Machine(System.getProperty("os.name"), HomeFolder.path(HomeFolder.of(environment)), environment);
        ClientSetup setup = new ClientSetup(machine, Program.entry(environment, variables()), firstUser(config));
        Map<String, String> snippets = new LinkedHashMap<>();
        clients.forEach(client -> snippets.put(client.label(), setup.snippet(client)));
        return snippets;
    }

    /** What is to be done to a file of a client. */
    private record Planned(Client client, String what, Change change) {}

    /** Everything is planned before anything is written. */
    private List<Planned> additions(Machine machine, ClientSetup setup) {
        List<Planned> plan = new ArrayList<>();
        for (Client client : clients) {
            plan.add(new Planned(client, ServerEntry.NAME, setup.add(client)));
            if (hooks) {
                String command = HookLine.of(program(), setup.variables(client), environment);
                plan.add(new Planned(client, "hooks", PromptHooks.add(machine, command, this::isOurs)));
            }
            if (rules) {
                plan.add(new Planned(
                        client, "rules", RulesFile.of(client).orElseThrow().add(machine, folder())));
            }
        }
        return plan;
    }

    private List<Planned> removals(Machine machine, ClientSetup setup) {
        List<Planned> plan = new ArrayList<>();
        for (Client client : clients) {
            plan.add(new Planned(client, ServerEntry.NAME, setup.remove(client)));
            List<Planned> more = new ArrayList<>();
            if (client == Client.CLAUDE_CODE) {
                more.add(new Planned(client, "hooks", PromptHooks.remove(machine, this::isOurs)));
            }
            RulesFile.of(client)
                    .ifPresent(file -> more.add(new Planned(client, "rules", file.remove(machine, folder()))));
            more.stream().filter(planned -> !planned.change.isNone()).forEach(plan::add);
        }
        return plan;
    }

    private boolean isOurs(String command) {
        return HookLine.isOurs(command, program());
    }

    private ServerEntry program() {
        return Program.entry(environment, Map.of());
    }

    private static Path folder() {
        return Path.of("").toAbsolutePath();
    }

    private static void show(Client client, Machine machine, ClientSetup setup, PrintStream out) {
        out.println(client.label() + ": " + client.file(machine));
        out.println(setup.snippet(client));
    }

    private void make(Planned planned, PrintStream out) {
        Change change = planned.change;
        if (change.isNone() || !dryRun) {
            @Nullable Path backup = change.apply();
            out.println(planned.client.label() + ": " + planned.what + " " + change.remark() + ": " + change.file()
                    + (backup == null ? "" : " (before: " + backup + ")"));
        } else {
            out.print(change.diff());
        }
    }

    /**
     * Without a default user each model invents one, and what one stores another does not find: so a new entry is for the
     * account that it is made in, unless this command line or the configuration that it names says otherwise.
     */
    private Map<String, String> firstUser(Config config) {
        String login = System.getProperty("user.name", "").strip();
        boolean said = asksForUser
                || (flags.containsKey(Setting.CONFIG) && config.tools().defaultUser() != null);
        return said || !Setting.DEFAULT_USER.takes(login) ? Map.of() : Map.of(Setting.DEFAULT_USER.variable(), login);
    }

    private static void tell(Map<String, String> first, StandardStreams streams) {
        first.values()
                .forEach(user -> streams.err()
                        .println("unified-memory: calls without user_id are about " + user + "; "
                                + Setting.DEFAULT_USER.flag() + " NAME names another, " + NO_DEFAULT_USER
                                + " none"));
    }

    /** The options of this command line as a client hands them to the server, whatever folder that starts it in. */
    private Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        FilePaths files = new FilePaths(environment, HomeFolder.of(environment));
        flags.forEach((setting, value) -> {
            boolean placeholder = value.startsWith("~") || value.startsWith("$") || value.startsWith("%");
            if (!value.isBlank()) {
                variables.put(
                        setting.variable(),
                        setting.isPath() && !placeholder && !DatabaseLocation.isAddress(value)
                                ? files.of(value, setting.path(), setting.flag())
                                        .toString()
                                : value);
            }
        });
        return variables;
    }
}
