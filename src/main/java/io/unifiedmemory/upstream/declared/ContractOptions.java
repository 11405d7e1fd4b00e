package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A contract as it was declared in JSON, read and compiled: how one kind of server is spoken to. Immutable.
 *
 * @param name by which an upstream chooses it
 * @param title the server, for people
 * @param version of the server that it was run or read against, for people
 * @param keeps whether the server can keep exact copies (a mirror), or is only searched and listed (a source)
 * @param envelope where what the server has no place for is kept
 * @param everybody whether a source tells users apart; otherwise it serves the default user alone
 * @param serial whether it gets one write at a time
 * @param settling how long an accepted write may take until it can be read
 * @param maxText the longest text that it takes, in characters
 * @param page how many items to ask for at once
 * @param without why an operation is not declared, by its name, for people
 * @param requires tools and arguments by which it is recognised, beyond those of the operations
 * @param forbids tools ({@code tool}) and arguments ({@code tool.argument}) that another kind of server has
 */
public record ContractOptions(
        String name,
        String title,
        String version,
        boolean keeps,
        EnvelopeForm envelope,
        boolean everybody,
        boolean serial,
        Duration settling,
        int maxText,
        int page,
        Map<String, String> without,
        Map<String, List<String>> requires,
        List<String> forbids,
        List<ErrorRule> errors,
        Map<Name, Operation> operations) {

    private static final Set<String> FIELDS = Set.of(
            "title",
            "version",
            "mode",
            "envelope",
            "users",
            "serial",
            "settleMs",
            "limits",
            "without",
            "requires",
            "forbids",
            "errors");

    private static final int MOST_SETTLING_MILLIS = 60_000;
    private static final int DEFAULT_PAGE = 100;
    private static final int MOST_ON_PAGE = 10_000;

    /**
     * How a reply that is no success is understood.
     *
     * @param when whether the rule applies to a reply
     */
    record ErrorRule(Expression when, Kind kind, String hint) {}

    /**
     * Reads and compiles a contract.
     *
     * @param place where it stands in the configuration, for messages
     * @throws IllegalArgumentException when it cannot work; the message begins with the place of the mistake
     */
    public static ContractOptions read(String name, Map<String, Object> json, String place) {
        Declaration declared = new Declaration(place, json);
        declared.requireOnly(known());
        boolean keeps = declared.choice("mode", "mirror", "source").equals("mirror");
        Map<Name, Operation> operations = new EnumMap<>(Name.class);
        for (Name operation : Name.values()) {
            if (declared.has(operation.text())) {
                operations.put(operation, Operation.compile(operation, declared.object(operation.text())));
            }
        }
        requireOperations(declared, keeps, operations);
        Declaration limits = declared.object("limits");
        limits.requireOnly(Set.of("text", "page"));
        EnvelopeForm envelope = keeps
                ? EnvelopeForm.valueOf(
                        declared.choice("envelope", "text", "metadata").toUpperCase(Locale.ROOT))
                : EnvelopeForm.NONE;
        if (!keeps && declared.has("envelope")) {
            throw Fault.at(declared.at("envelope"), "has no meaning for a source: nothing is stored there");
        }
        boolean everybody = declared.choice("users", "one", "each").equals("each");
        if (everybody && keeps) {
            throw Fault.at(declared.at("users"), "has no meaning for a mirror: each copy says whose it is");
        }
        if (everybody) {
            operations.forEach((operation, call) -> {
                if (operation != Name.GET
                        && operation != Name.CHECK
                        && !call.arguments().names("user")) {
                    throw Fault.at(declared.at(operation.text()), "must use the variable user, because users is each");
                }
            });
        }
        String title = declared.optionalText("title");
        String version = declared.optionalText("version");
        return new ContractOptions(
                name,
                title == null ? name : title,
                version == null ? "unknown" : version,
                keeps,
                envelope,
                everybody,
                declared.flag("serial"),
                Duration.ofMillis(declared.number("settleMs", 0, MOST_SETTLING_MILLIS, 0)),
                limits.number("text", 1, Integer.MAX_VALUE, Integer.MAX_VALUE),
                limits.number("page", 1, MOST_ON_PAGE, DEFAULT_PAGE),
                reasons(declared.object("without")),
                declared.textLists("requires"),
                declared.texts("forbids"),
                rules(declared),
                operations);
    }

    private static Map<String, String> reasons(Declaration without) {
        without.requireOnly(Set.of(Name.SEARCH.text(), Name.LIST.text()));
        Map<String, String> reasons = new LinkedHashMap<>();
        without.fields().keySet().forEach(operation -> reasons.put(operation, without.text(operation)));
        return reasons;
    }

    /** The contract of this name that comes with this server; null when there is none. */
    public static @Nullable ContractOptions preset(String name) {
        Map<String, Object> json = Presets.json(name);
        return json == null ? null : read(name, json, name);
    }

    /** The names of the contracts that come with this server. */
    public static List<String> presetNames() {
        return Presets.NAMES;
    }

    /** A contract that comes with this server as it is written, with its comments; null when there is none of that name. */
    public static @Nullable String presetText(String name) {
        return Presets.text(name);
    }

    /** Every contract that comes with this server. */
    public static List<ContractOptions> presets() {
        return Presets.NAMES.stream()
                .map(ContractOptions::preset)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(FIELDS);
        Stream.of(Name.values()).map(Name::text).forEach(known::add);
        return known;
    }

    private static void requireOperations(Declaration declared, boolean keeps, Map<Name, Operation> operations) {
        Set<Name> needed = keeps ? EnumSet.of(Name.FIND, Name.CREATE, Name.DELETE) : EnumSet.noneOf(Name.class);
        Set<Name> refused = keeps
                ? EnumSet.noneOf(Name.class)
                : EnumSet.of(Name.FIND, Name.CREATE, Name.UPDATE, Name.DELETE, Name.SETUP);
        for (Name name : needed) {
            if (!operations.containsKey(name)) {
                throw Fault.at(
                        declared.at(name.text()),
                        "is missing: what cannot be found, created and deleted is no mirror; for a server that is only"
                                + " searched set mode to source");
            }
        }
        for (Name name : refused) {
            if (operations.containsKey(name)) {
                throw Fault.at(declared.at(name.text()), "has no meaning for a source: nothing is stored there");
            }
        }
        if (!keeps && !operations.containsKey(Name.SEARCH) && !operations.containsKey(Name.LIST)) {
            throw Fault.at(declared.place(), "must declare search or list");
        }
    }

    private static List<ErrorRule> rules(Declaration declared) {
        List<ErrorRule> rules = new ArrayList<>();
        for (Declaration rule : declared.objects("errors")) {
            rule.requireOnly(Set.of("when", "kind", "hint"));
            String when = rule.text("when");
            String hint = rule.optionalText("hint");
            rules.add(new ErrorRule(
                    Expression.compile(when, rule.at("when")),
                    Kind.valueOf(rule.choice("kind", "BROKEN", "REJECTED", "UNAVAILABLE", "OVERLOADED")),
                    hint == null ? "" : hint));
        }
        return rules;
    }

    /** What a server of this kind can do. */
    public Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        if (keeps) {
            capabilities.add(Capability.KEEP);
        }
        if (operations.containsKey(Name.SEARCH)) {
            capabilities.add(Capability.SEARCH);
        }
        if (operations.containsKey(Name.LIST)) {
            capabilities.add(Capability.LIST);
        }
        return capabilities;
    }

    /** The tools that it uses, with the arguments that it sends; those of objects in a list after a dot. */
    public Map<String, Set<String>> tools() {
        Map<String, Set<String>> tools = new LinkedHashMap<>();
        operations
                .values()
                .forEach(operation -> tools.computeIfAbsent(operation.tool(), tool -> new TreeSet<>())
                        .addAll(operation.arguments().arguments()));
        requires.forEach((tool, arguments) ->
                tools.computeIfAbsent(tool, none -> new TreeSet<>()).addAll(arguments));
        return tools;
    }

    /** The arguments of each call of a tool, of which one without something that the server requires would fail. */
    public List<Set<String>> argumentsOf(String tool) {
        return operations.values().stream()
                .filter(operation -> operation.tool().equals(tool))
                .map(operation -> operation.arguments().arguments())
                .toList();
    }

    /** What it is, and what it cannot do and why: one line for people. */
    String summary() {
        StringBuilder summary = new StringBuilder(title).append(keeps ? "" : ", searched only");
        for (Name name : keeps ? List.of(Name.SEARCH, Name.LIST) : List.<Name>of()) {
            if (!operations.containsKey(name)) {
                String why = without.getOrDefault(name.text(), "the contract does not declare how");
                summary.append("; no ").append(name.text()).append(": ").append(why);
            }
        }
        return summary.toString();
    }

    @Nullable
    Operation operation(Name name) {
        return operations.get(name);
    }
}
