package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who bears a token for some users can neither name nor find, change or count the memories of others, whatever tool
 * they call with whatever arguments. Tools and arguments are those of the live list: a new tool is probed without a
 * word here.
 */
class CrossUserProbingTest {

    private static final int PROBES_PER_TOOL = 1500;

    /**
     * Occurs in everything of the victims' that a prober cannot know: values, metadata, secret keys, backends' words.
     */
    private static final String MARK = "zq7Secret";

    private static final List<String> VICTIMS = List.of("anna", "Anna", "anna/notes", "älva", "mallory2");

    /** The server's default user, whom no prober can guess. */
    private static final String DEFAULT_USER = MARK + "User";

    private static final Principal MALLORY = principal(Scope.READ_WRITE, "mallory");
    private static final Principal EVERYBODY = new Principal("admin", UserSet.ALL, Scope.READ_WRITE);
    private static final Principal READER = principal(Scope.READ, "mallory");
    private static final Principal TWO = principal(Scope.READ_WRITE, "mallory", "mallet");

    @TempDir
    private Path folder;

    private SqliteDatabase database;
    private UnifiedMemory memory;
    private ToolBox tools;

    private static Principal principal(Scope scope, String... users) {
        return new Principal("test", UserSet.of(Set.of(users)), scope);
    }

    static Stream<Principal> restricted() {
        return Stream.of(MALLORY, READER, TWO);
    }

    @BeforeEach
    void seed() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve(MARK + ".db")));
        SqliteStore sqlite = new SqliteStore(database);
        memory = UnifiedMemory.builder()
                .primary("sqlite", sqlite, BackendOptions.LOCAL)
                .replica("gossip", gossiping(), BackendOptions.UPSTREAM)
                .build();
        tools = new ToolBox(
                memory,
                new ToolOptions(Limits.DEFAULT, DEFAULT_USER, true, true),
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(database.path(), 7_777_777, null),
                () -> null);
        for (String victim : VICTIMS) {
            for (int i = 0; i < 5; i++) {
                memory.store(victim, "key" + i, MARK + " tea " + i, Map.of("note", MARK));
                memory.store(victim, MARK + i, "tea", Map.of());
            }
        }
        memory.store(DEFAULT_USER, "key0", "tea", Map.of());
        memory.store("mallory", "key0", "my own tea", Map.of());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    /** An upstream that is down and says why in words that are none of a prober's business. */
    private static MemoryBackend gossiping() {
        MemoryBackend down = new InMemoryBackend();
        return (MemoryBackend) Proxy.newProxyInstance(
                MemoryBackend.class.getClassLoader(),
                new Class<?>[] {MemoryBackend.class},
                (proxy, method, arguments) -> {
                    if (!List.of("type", "capabilities", "knowsCapabilities", "check", "close")
                            .contains(method.getName())) {
                        throw new BackendException(
                                BackendException.Kind.UNAVAILABLE,
                                "disk /srv/" + MARK + " is full, last of " + MARK,
                                "");
                    }
                    try {
                        return method.invoke(down, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("restricted")
    void noToolShowsOrChangesAnythingOfAnotherUser(Principal prober) {
        String before = everythingOfTheVictims();
        Random random = new Random(20261122);
        for (Tool tool : tools.tools()) {
            for (int i = 0; i < PROBES_PER_TOOL; i++) {
                Map<String, Object> arguments = arguments(tool, random);
                Map<String, Object> meta = meta(random);
                String reply = reply(tool.name(), new ToolCall(arguments, meta, prober));
                assertThat(reply)
                        .as("%s %s %s", tool.name(), arguments, meta)
                        .doesNotContain(MARK)
                        .doesNotContain("7777777");
            }
        }
        assertThat(everythingOfTheVictims()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("restricted")
    void aUserWhoExistsIsRefusedInTheWordsForOneWhoDoesNot(Principal prober) {
        Random random = new Random(7);
        List<Tool> aboutUsers = tools.tools().stream()
                .filter(tool -> tool.scope() != ToolScope.NO_USER)
                .toList();
        for (Tool tool : aboutUsers) {
            for (int i = 0; i < 200; i++) {
                Map<String, Object> real = arguments(tool, random);
                real.put("user_id", "anna");
                Map<String, Object> imagined = new LinkedHashMap<>(real);
                imagined.put("user_id", "nobody-has-this-id");
                String known = reply(tool.name(), new ToolCall(real, Map.of(), prober));
                assertThat(known).isEqualTo(reply(tool.name(), new ToolCall(imagined, Map.of(), prober)));
            }
        }
    }

    @Test
    void theOnlyUserOfATokenNeedNotBeNamed() {
        Map<String, Object> key = Map.of("key", "key0");
        assertThat(tools.call("retrieve", new ToolCall(key, Map.of(), READER)).structured())
                .containsEntry("found", true);
    }

    @Test
    void theServersDefaultUserIsNotThatOfARestrictedCaller() {
        assertThatThrownBy(() -> tools.call("get_all", new ToolCall(Map.of(), Map.of(), TWO)))
                .isInstanceOf(ToolFailure.class)
                .hasMessage("user_id is required");
        assertThat(tools.call("get_all", new ToolCall(Map.of(), Map.of(), EVERYBODY))
                        .structured())
                .containsEntry("total", 1L);
        assertThat(Json.write(tools.tools().stream().map(Tool::inputSchema).toList()))
                .doesNotContain(DEFAULT_USER);
    }

    @Test
    void aReadOnlyCallerCanCallWhatReadsAndNothingElse() {
        for (Tool tool : tools.tools()) {
            ToolCall call = new ToolCall(Map.of("user_id", "mallory"), Map.of(), READER);
            if (tool.readOnly()) {
                assertThat(reply(tool.name(), call)).doesNotContain("scope");
            } else {
                assertThatThrownBy(() -> tools.call(tool.name(), call))
                        .as(tool.name())
                        .isInstanceOf(ToolFailure.class)
                        .hasMessageContaining("needs a token with the scope read-write");
            }
        }
    }

    @Test
    void aReadOnlyCallerCannotWriteAsAReplica() {
        Map<String, Object> arguments = Map.of("user_id", "mallory", "key", "key0", "value", "changed");
        assertThatThrownBy(() -> tools.call("store", new ToolCall(arguments, write(1), READER)))
                .isInstanceOf(ToolFailure.class);
        assertThat(reply("retrieve", new ToolCall(Map.of("key", "key0"), write(1), READER)))
                .contains("my own tea");
    }

    @Test
    void aToolForAllUsersNeedsACallerForAllUsers() {
        Tool compare = Tool.named("compare")
                .titled("")
                .describedAs("")
                .takes(Schema.object())
                .returns(Schema.object())
                .reads()
                .about(ToolScope.ALL_USERS)
                .handledBy(call -> new ToolResult(Map.of("seen", true)))
                .build();
        AccessControl access = new AccessControl(ToolOptions.DEFAULT, Clock.systemUTC());
        ToolCall restricted = new ToolCall(Map.of(), Map.of(), MALLORY);
        assertThatThrownBy(() -> access.granted(compare, restricted)).isInstanceOf(ToolFailure.class);
        ToolCall local = new ToolCall(Map.of(), Map.of(), EVERYBODY);
        assertThat(access.granted(compare, local)).isSameAs(local);
    }

    @Test
    void aCallThatCameAroundAuthenticationIsNotServed() {
        assertThatThrownBy(() -> tools.call("health", new ToolCall(Map.of(), Map.of(), Principal.LOCAL)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void healthTellsARestrictedCallerOnlyWhatWorks() {
        Map<String, Object> whole = tools.call("health", new ToolCall(Map.of(), Map.of(), EVERYBODY))
                .structured();
        assertThat(Json.write(whole)).contains(MARK, "pending");
        Map<String, Object> part =
                tools.call("health", new ToolCall(Map.of(), Map.of(), MALLORY)).structured();
        assertThat(part).containsKeys("status", "version", "backends").doesNotContainKey("database");
        assertThat(Json.write(part)).doesNotContain("detail", "pending", "last_error", "dead_letters", "drift");
    }

    @Test
    void aRestrictedCallersVersionCannotMoveTheClockThatStampsTheWritesOfOthers() {
        long tomorrow = HlcTimestamp.atMillis(Clock.systemUTC().millis() + 20 * 3_600_000L)
                .stamp();
        Map<String, Object> arguments = Map.of("user_id", "mallory", "key", "k", "value", "v");
        assertThatThrownBy(() -> tools.call("store", new ToolCall(arguments, write(tomorrow), MALLORY)))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("ahead of this server's clock");
        Map<String, Object> now = Map.of("version", "1");
        Map<String, Object> later = Map.of("version", Long.toString(tomorrow));
        Map<String, Object> meta = Map.of("io.unifiedmemory/writes", List.of(now, later));
        Map<String, Object> memories = Map.of(
                "user_id",
                "mallory",
                "memories",
                List.of(Map.of("key", "k", "value", "v"), Map.of("key", "l", "value", "v")));
        assertThatThrownBy(() -> tools.call("store_many", new ToolCall(memories, meta, MALLORY)))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("ahead of this server's clock");
        memory.store("anna", "clock", "now", Map.of());
        HlcTimestamp stamped = memory.list(new ListRequest("anna", null, 100)).page().entries().stream()
                .filter(entry -> entry.key().equals("clock"))
                .findFirst()
                .orElseThrow()
                .version();
        assertThat(stamped.stamp()).isLessThan(tomorrow);
    }

    @Test
    void aCursorOfAnotherUserIsRefused() {
        Map<String, Object> first = tools.call(
                        "get_all", new ToolCall(Map.of("user_id", "anna", "limit", 1), Map.of(), EVERYBODY))
                .structured();
        Map<String, Object> arguments = Map.of("cursor", first.get("next_cursor"));
        assertThatThrownBy(() -> tools.call("get_all", new ToolCall(arguments, Map.of(), MALLORY)))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("belongs to another user");
    }

    private static Map<String, Object> write(long version) {
        return Map.of("io.unifiedmemory/write", Map.of("version", Long.toString(version)));
    }

    private String reply(String tool, ToolCall call) {
        try {
            ToolResult result = tools.call(tool, call);
            return Json.write(result.structured()) + Json.write(result.meta());
        } catch (ToolFailure e) {
            return e.kind() + ": " + e.getMessage();
        }
    }

    private String everythingOfTheVictims() {
        List<MemoryEntry> all = new ArrayList<>();
        for (String victim :
                Stream.concat(VICTIMS.stream(), Stream.of(DEFAULT_USER)).toList()) {
            all.addAll(memory.list(new ListRequest(victim, null, 1000)).page().entries());
        }
        return all.toString();
    }

    /**
     * Arguments of all shapes: right, of the wrong type, nested, missing, unknown; with the victims' ids everywhere.
     */
    @SuppressWarnings("unchecked")
    private Map<String, Object> arguments(Tool tool, Random random) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        Map<String, Object> properties =
                (Map<String, Object>) tool.inputSchema().getOrDefault("properties", Map.of());
        properties.forEach((name, schema) -> {
            if (random.nextInt(5) > 0) {
                arguments.put(name, argument(name, String.valueOf(((Map<String, Object>) schema).get("type")), random));
            }
        });
        if (random.nextInt(10) == 0) {
            arguments.put(oneOf(random, "userId", "users", "user_ids", "as", "filter"), victim(random));
        }
        return arguments;
    }

    private Object argument(String name, String type, Random random) {
        if (random.nextInt(8) == 0) {
            return oneOf(
                    random,
                    victim(random),
                    List.of("mallory", victim(random)),
                    Map.of("user_id", victim(random)),
                    Map.of("$ne", "mallory"),
                    17,
                    true,
                    "%");
        }
        return switch (type) {
            case "integer" -> oneOf(random, 1, 5, 100, 1000, 0, -1, Integer.MAX_VALUE);
            case "boolean" -> random.nextBoolean();
            case "object" -> Map.of("user_id", victim(random));
            default -> name.equals(AccessControl.USER_ID) ? userId(random) : text(name, random);
        };
    }

    private static Object userId(Random random) {
        String victim = victim(random);
        return oneOf(
                random,
                "mallory",
                victim,
                victim + " ",
                victim.toUpperCase(Locale.ROOT),
                "mallory/../" + victim,
                "mallory\u0000" + victim,
                "mallory' OR user_id='" + victim,
                "*",
                "%",
                "",
                "null");
    }

    private static Object text(String name, Random random) {
        if (name.equals("cursor")) {
            String after = oneOf(random, "0", "3", "key1", " ", "~", "-1");
            String user = random.nextBoolean() ? "mallory" : victim(random);
            return random.nextBoolean() ? new ListCursor(user, 1, after).toString() : after;
        }
        return oneOf(
                random,
                "key" + random.nextInt(5),
                "tea",
                "user_id:" + victim(random),
                victim(random) + "/key1",
                "\" OR \"" + victim(random),
                "key*",
                "te",
                "' UNION SELECT * FROM memory --");
    }

    private static Map<String, Object> meta(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Map.of("io.unifiedmemory/detail", true);
            case 1 -> write(random.nextLong());
            case 2 -> write(HlcTimestamp.atMillis(Clock.systemUTC().millis()).stamp());
            case 3 ->
                Map.of(
                        "io.unifiedmemory/write",
                        Map.of("version", "1", "user_id", victim(random), "cutoff", "2999-01-01T00:00:00Z"));
            default -> Map.of();
        };
    }

    private static String victim(Random random) {
        return VICTIMS.get(random.nextInt(VICTIMS.size()));
    }

    @SafeVarargs
    private static <T> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
