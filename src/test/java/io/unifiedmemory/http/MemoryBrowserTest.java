package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.OneTimeLink;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.browser.MemoryBrowser;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.upstream.UpstreamBackend;
import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the memory browser answers to whom, over the real server with an upstream that is down. */
class MemoryBrowserTest {

    private static final String PAGE = "X-Unified-Memory: page";

    @TempDir
    private Path folder;

    private TokenFile tokens;
    private UnifiedMemory memory;
    private HttpServer http;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        Path file = folder.resolve("tokens.json");
        tokens = new TokenFile(file, Clock.systemUTC());
        start(
                AccessPolicy.tokens(
                        new AccessOptions(file, true, null, null, 0, 0, 0),
                        tokens,
                        Clock.systemUTC(),
                        System::nanoTime,
                        reason -> {}),
                UnaryOperator.identity(),
                true);
    }

    private void start(AccessPolicy access, UnaryOperator<String> kept, boolean callersDiffer) throws IOException {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        SqliteStore sqlite = new SqliteStore(database);
        memory = UnifiedMemory.builder()
                .primary("sqlite", sqlite, BackendOptions.LOCAL)
                .replica("other", new UpstreamBackend(nobody(), () -> null), BackendOptions.UPSTREAM)
                .build();
        ToolOptions options = new ToolOptions(Limits.DEFAULT, "anna", false, callersDiffer);
        ToolBox tools = new ToolBox(
                memory,
                options,
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(database.path(), 1, null),
                () -> null);
        MemoryBrowser browser = new MemoryBrowser(
                memory,
                tools,
                options,
                "1",
                sqlite,
                1_000_000,
                callersDiffer ? tokens : null,
                () -> Map.of("cursor", "the path of this program"));
        http = HttpServer.builder(HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(5))
                .access(access)
                .browser(browser, kept)
                .build();
        wire = new Wire(http.start());
        memory.store("anna", "tea", "Darjeeling", Map.of());
        memory.store("ben", "note", "of Ben", Map.of());
    }

    @AfterEach
    void stop() {
        http.close();
        memory.close();
    }

    /** An upstream at a port where nobody listens. */
    private static UpstreamOptions nobody() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new UpstreamOptions(
                    "other",
                    new ServerAddress.Http(URI.create("http://127.0.0.1:" + port.getLocalPort() + "/mcp"), Map.of()),
                    "unified",
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    null);
        }
    }

    private String token(UserSet users, Scope scope) {
        return "Authorization: Bearer " + tokens.create("", users, scope, null).text();
    }

    private String owner() {
        return token(UserSet.ALL, Scope.READ_WRITE);
    }

    private Wire.Reply ask(String question, Map<String, ?> arguments, String... headers) throws IOException {
        String[] all = Stream.concat(Stream.of(PAGE), Stream.of(headers)).toArray(String[]::new);
        return wire.post("/api/" + question, Json.write(arguments), all);
    }

    private Wire.Reply call(String tool, Map<String, ?> arguments, String... headers) throws IOException {
        return ask("call", Map.of("tool", tool, "arguments", arguments), headers);
    }

    private static String cookie(Wire.Reply signedIn) {
        assertThat(signedIn.status()).isEqualTo(204);
        String set = String.valueOf(signedIn.header("set-cookie"));
        return "Cookie: " + set.substring(0, set.indexOf(';'));
    }

    @Test
    void theFilesAreForEverybodyAndRunNothingFromElsewhere() throws IOException {
        for (String path : new String[] {"/", "/assets/none.js", "/icon.svg"}) {
            Wire.Reply file = wire.exchange("GET", path, "");
            assertThat(file.status()).as(path).isIn(200, 404);
            assertThat(file.header("content-security-policy"))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(file.header("x-content-type-options")).isEqualTo("nosniff");
        }
        assertThat(wire.exchange("POST", "/", "").status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/../MemoryBrowser.class",
                "/assets/%2e%2e/index.html",
                "/assets/..%2f..%2fMain.class",
                "/assets/a/b.js",
                "/assets/MemoryBrowser.class"
            })
    void noOtherFileOfTheJarIsServed(String path) throws IOException {
        assertThat(wire.exchange("GET", path, "").status()).isIn(400, 401, 404);
    }

    @Test
    void nothingIsSaidWithoutAToken() throws IOException {
        for (String question : new String[] {
            "about", "users", "call", "memory", "where", "compare", "outbox", "clients", "export", "newest", "growth",
            "tokens"
        }) {
            assertThat(ask(question, Map.of()).status()).as(question).isEqualTo(401);
        }
        assertThat(ask("about", Map.of(), "Authorization: Bearer umt_nothing").status())
                .isEqualTo(401);
        assertThat(wire.post("/api/session", "", PAGE).status()).isEqualTo(401);
    }

    @Test
    void aTokenIsKeptWhereNoScriptReadsItAndIsGoodForThePageAlone() throws IOException {
        Tokens.Created created = tokens.create("laptop", UserSet.ALL, Scope.READ_WRITE, null);
        Wire.Reply signedIn = wire.post("/api/session", "", PAGE, "Authorization: Bearer " + created.text());
        assertThat(signedIn.header("set-cookie"))
                .contains("HttpOnly", "SameSite=Strict", "Path=/api")
                .doesNotContain("Domain", "Expires");
        String cookie = cookie(signedIn);
        assertThat(ask("about", Map.of(), cookie).json().path("writes").asBoolean())
                .isTrue();

        String initialize = TestServer.initialize();
        assertThat(wire.post("/mcp", initialize, cookie, PAGE).status()).isEqualTo(401);
        assertThat(ask("about", Map.of(), cookie.replace("-" + wire.port(), "-1"))
                        .status())
                .as("a cookie of another server on this host")
                .isEqualTo(401);
        Wire.Reply signedOut = wire.exchange("DELETE", "/api/session", "", PAGE, cookie);
        assertThat(signedOut.header("set-cookie")).contains("=;", "Expires=Thu, 01 Jan 1970");

        tokens.revoke("laptop");
        assertThat(ask("about", Map.of(), cookie).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: http://localhost:1",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "X-Unified-Memory-Other: page"
            })
    void anotherSiteCannotAsk(String header) throws IOException {
        boolean withHeader = !header.startsWith("X-");
        String cookie = cookie(wire.post("/api/session", "", PAGE, owner()));
        String body = Json.write(Map.of("tool", "delete", "arguments", Map.of("user_id", "anna", "all", true)));
        Wire.Reply reply = withHeader
                ? wire.post("/api/call", body, PAGE, cookie, header)
                : wire.post("/api/call", body, cookie, header);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(memory.knownHere().find("anna", "tea")).isNotNull();
    }

    @Test
    void aNameThatWasMadeToLeadHereIsRefused() throws IOException {
        String host = "Host: evil.example:" + wire.port();
        assertThat(ask("about", Map.of(), owner(), host).status()).isEqualTo(421);
        assertThat(wire.exchange("GET", "/", "", host).status()).isEqualTo(421);
    }

    @Test
    void thePageItselfMayAskAndPagesOfOtherServersAreToldSoBeforehand() throws IOException {
        String own = "Origin: http://localhost:" + wire.port();
        assertThat(ask("about", Map.of(), owner(), own, "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
        Wire.Reply asked = wire.exchange(
                "OPTIONS",
                "/api/about",
                "",
                "Origin: http://localhost:1",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: x-unified-memory");
        assertThat(asked.header("access-control-allow-origin")).isNull();
    }

    @Test
    void aTokenOfOneUserShowsThatUserAlone() throws IOException {
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ_WRITE);
        JsonNode about = ask("about", Map.of(), ben).json();
        assertThat(about.path("user_id").asString()).isEqualTo("ben");
        assertThat(about.path("everybody").asBoolean()).isFalse();
        assertThat(about.path("tools").has("reconcile")).isFalse();
        assertThat(ask("users", Map.of(), ben).json().path("users").toString()).isEqualTo("[\"ben\"]");
        assertThat(call("search", Map.of("user_id", "ben"), ben).body()).contains("of Ben");
        assertThat(call("search", Map.of("user_id", "anna"), ben).status()).isEqualTo(400);
        assertThat(ask("where", Map.of("user_id", "anna", "key", "tea"), ben).status())
                .isEqualTo(403);
        assertThat(ask("memory", Map.of("user_id", "anna", "key", "tea"), ben).status())
                .isEqualTo(403);
        Wire.Reply own = ask("where", Map.of("user_id", "ben", "key", "note"), ben);
        assertThat(own.body()).contains("did not answer").doesNotContain("127.0.0.1");
        for (String question : new String[] {"outbox", "outbox-retry", "outbox-drop"}) {
            assertThat(ask(question, Map.of("backend", "other"), ben).status())
                    .as(question)
                    .isEqualTo(403);
        }
        assertThat(ask("clients", Map.of(), ben).body()).doesNotContain("path of this program");
    }

    @Test
    void aReadOnlyTokenChangesNothing() throws IOException {
        String reader = token(UserSet.ALL, Scope.READ);
        JsonNode about = ask("about", Map.of(), reader).json();
        assertThat(about.path("writes").asBoolean()).isFalse();
        assertThat(about.path("tools").has("search")).isTrue();
        assertThat(about.path("tools").has("store")).isFalse();
        assertThat(call("delete", Map.of("user_id", "anna", "key", "tea"), reader)
                        .status())
                .isEqualTo(400);
        assertThat(ask("outbox", Map.of("backend", "other"), reader).status()).isEqualTo(200);
        for (String question : new String[] {"outbox-retry", "outbox-drop"}) {
            assertThat(ask(question, Map.of("backend", "other"), reader).status())
                    .as(question)
                    .isEqualTo(403);
        }
        assertThat(memory.knownHere().find("anna", "tea")).isNotNull();
    }

    @Test
    void whereSaysWhatEachBackendHoldsAndIsOwed() throws IOException {
        JsonNode copies = ask("where", Map.of("user_id", "anna", "key", "tea"), owner())
                .json()
                .path("copies");
        assertThat(copies.at("/0/backend").asString()).isEqualTo("sqlite");
        assertThat(copies.at("/0/state").asString()).isEqualTo("current");
        assertThat(copies.at("/1/backend").asString()).isEqualTo("other");
        assertThat(copies.at("/1/state").asString()).isEqualTo("unknown");
        assertThat(copies.at("/1/owed").asInt()).isEqualTo(1);
        JsonNode none = ask("where", Map.of("user_id", "anna", "key", "none"), owner())
                .json()
                .path("copies");
        assertThat(none.at("/0/state").asString()).isEqualTo("gone");
    }

    @Test
    void whatThePageWritesSaysSo() throws IOException {
        Map<String, Object> written =
                Map.of("user_id", "anna", "key", "short", "value", "v", "expires_at", "2999-01-01T00:00:00Z");
        assertThat(call("store", written, owner()).status()).isEqualTo(200);
        Wire.Reply read = call("retrieve", Map.of("user_id", "anna", "key", "short"), owner());
        assertThat(read.json().at("/entry/written_by").asString()).contains("memory browser");
        JsonNode whole = ask("memory", Map.of("user_id", "anna", "key", "short"), owner())
                .json();
        assertThat(whole.at("/entry/expires_at").asString()).isEqualTo("2999-01-01T00:00:00Z");
    }

    /** A tool cuts what would fill a model's context; what is edited or put back must be all of it. */
    @Test
    void aMemoryComesWhole() throws IOException {
        String text = "Grüße ".repeat(100_000);
        Map<String, Object> metadata = Map.of("long", "x".repeat(50_000));
        memory.store("anna", "large", text, metadata);
        JsonNode entry = ask("memory", Map.of("user_id", "anna", "key", "large"), owner())
                .json()
                .path("entry");
        assertThat(entry.path("value").asString()).isEqualTo(text);
        assertThat(entry.at("/metadata/long").asString()).hasSize(50_000);
        assertThat(ask("memory", Map.of("user_id", "anna", "key", "none"), owner())
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void theOutboxIsShownAndMadeDue() throws IOException {
        JsonNode owed = ask("outbox", Map.of("backend", "other"), owner()).json();
        assertThat(owed.path("pending_count").asInt()).isEqualTo(2);
        assertThat(owed.path("pending").findValuesAsString("key")).containsExactlyInAnyOrder("tea", "note");
        assertThat(ask("outbox-retry", Map.of("backend", "other"), owner()).body())
                .isEqualTo("{\"count\":0}");
        assertThat(ask("outbox-drop", Map.of("backend", "other"), owner()).body())
                .isEqualTo("{\"count\":0}");
        assertThat(ask("outbox", Map.of(), owner()).status()).isEqualTo(400);
    }

    @Test
    void thePageKnowsWhetherWhatIsDeletedCanBeRestored() throws IOException {
        assertThat(memory.historyOptions().isOn()).isFalse();
        assertThat(ask("about", Map.of(), owner()).body()).contains("\"history\":false");
    }

    /** What it finds is the work of {@code ReconcilerTest}; here the other backend is down. */
    @Test
    void aComparisonIsForThoseWhoMaySeeEverybody() throws IOException {
        JsonNode found =
                ask("compare", Map.of(), token(UserSet.ALL, Scope.READ)).json();
        assertThat(found.path("differences").isArray()).isTrue();
        assertThat(found.at("/problems/other").asString()).isNotEmpty();
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ_WRITE);
        assertThat(ask("compare", Map.of(), ben).status()).isEqualTo(403);
    }

    @Test
    void anExportHasThoseWhomTheCallerMaySee() throws IOException {
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ);
        Map<String, Object> all = Map.of("format", "jsonl");
        assertThat(ask("export", all, owner()).body()).contains("Darjeeling", "of Ben");
        assertThat(ask("export", all, ben).body()).contains("of Ben").doesNotContain("Darjeeling");
        Map<String, Object> anna = Map.of("format", "csv", "user_id", "anna");
        assertThat(ask("export", anna, owner()).body()).contains("Darjeeling").doesNotContain("of Ben");
        assertThat(ask("export", anna, ben).status()).isEqualTo(403);
        assertThat(ask("export", Map.of("format", "table"), owner()).status()).isEqualTo(400);
        assertThat(ask("export", Map.of("format", "markdown"), owner()).body()).contains("## ");
        assertThat(ask("export", Map.of("format", "okf"), owner()).body()).startsWith("PK");
    }

    @Test
    void anImportIsTriedFirstAndThenMade() throws IOException {
        String file = "key,value\nmilk,Oat\ntea,Assam\n,none\n";
        JsonNode tried = imported(file, Map.of("dry_run", true), owner());
        assertThat(tried.at("/memories/new").asInt()).isEqualTo(1);
        assertThat(tried.at("/memories/older").asInt()).as("written before").isEqualTo(1);
        assertThat(tried.path("unreadable").asInt()).isEqualTo(1);
        assertThat(tried.at("/places/0/place").asString()).contains("line 4");
        assertThat(memory.knownHere().find("anna", "milk")).isNull();

        imported(file, Map.of(), owner());
        assertThat(memory.knownHere().find("anna", "milk")).isNotNull();
        assertThat(value("anna", "tea")).isEqualTo("Darjeeling");
        JsonNode again = imported(file, Map.of("on_conflict", "overwrite"), owner());
        assertThat(again.at("/memories/equal").asInt()).isEqualTo(1);
        assertThat(value("anna", "tea")).isEqualTo("Assam");
    }

    @Test
    void anImportReachesThoseWhomTheCallerMayWrite() throws IOException {
        String archive = ask("export", Map.of("format", "jsonl"), owner()).body();
        memory.delete("anna", "tea", null);
        memory.delete("ben", "note", null);
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ_WRITE);
        JsonNode report = imported(archive, Map.of("user_id", "ben", "on_conflict", "overwrite"), ben);
        assertThat(report.at("/memories/new").asInt()).isEqualTo(1);
        assertThat(report.at("/places/0/reason").asString()).contains("must not be written");
        assertThat(value("ben", "note")).isEqualTo("of Ben");
        assertThat(memory.knownHere().find("anna", "tea")).isNull();
        JsonNode own = imported(archive, Map.of("user_id", "ben", "only_user", true), ben);
        assertThat(own.path("passed_over").asInt()).isEqualTo(1);
        assertThat(upload(archive, Map.of("user_id", "anna"), ben).status()).isEqualTo(403);
        String reader = token(UserSet.ALL, Scope.READ);
        assertThat(upload(archive, Map.of("dry_run", true), reader).status()).isEqualTo(403);
        assertThat(upload(archive, Map.of()).status()).isEqualTo(401);
    }

    @Test
    void anImportForSomeUsersCannotMoveTheClockThatStampsTheWritesOfOthers() throws IOException {
        long tomorrow = HlcTimestamp.atMillis(Clock.systemUTC().millis() + 20 * 3_600_000L)
                .stamp();
        String ahead = ",\"user_id\":\"ben\",\"version\":\"" + tomorrow + "\"";
        String archive = "{\"format\":\"unified-memory archive\",\"version\":\"1.0\"}\n"
                + "{\"type\":\"memory\",\"key\":\"k\",\"value\":\"v\",\"metadata\":{}" + ahead + "}\n"
                + "{\"type\":\"delete\",\"key\":\"note\"" + ahead + "}\n"
                + "{\"type\":\"delete_all\"" + ahead + "}\n"
                + "{\"type\":\"end\",\"memories\":1,\"deletes\":2}\n";
        Map<String, Object> ofBen = Map.of("user_id", "ben");
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ_WRITE);
        JsonNode report = imported(archive, ofBen, ben);
        assertThat(report.path("unreadable").asInt()).as(report.toString()).isEqualTo(3);
        assertThat(report.at("/places/0/place").asString()).contains("line 2");
        assertThat(report.at("/places/0/reason").asString()).contains("ahead of the clock");
        memory.store("anna", "clock", "now", Map.of());
        assertThat(entry("anna", "clock").version().stamp()).isLessThan(tomorrow);
        JsonNode trusted = imported(archive, ofBen, owner());
        assertThat(trusted.path("unreadable").asInt()).isZero();
    }

    @Test
    void aFileThatCannotBeImportedSaysWhy() throws IOException {
        String name = "../../etc/\u202e<b>.txt";
        String reply = upload("\u0001\u0002", Map.of("name", name), owner()).body();
        assertThat(reply).contains("none of the formats").doesNotContain("/tmp", "unified-memory-import", "..");
        assertThat(upload("{}", Map.of("on_conflict", "guess"), owner()).status())
                .isEqualTo(400);
        assertThat(upload("{}", Map.of("format", "guess"), owner()).status()).isEqualTo(400);
        assertThat(wire.post("/api/import", "no line", PAGE, owner(), "Content-Type: application/octet-stream")
                        .status())
                .isEqualTo(400);
        assertThat(wire.post("/api/import", "{}\nx", owner(), "Content-Type: application/octet-stream")
                        .status())
                .as("a page of another site")
                .isEqualTo(403);
    }

    private String value(String user, String key) {
        return entry(user, key).value();
    }

    private MemoryEntry entry(String user, String key) {
        return Objects.requireNonNull(memory.knownHere().find(user, key));
    }

    private Wire.Reply upload(String file, Map<String, Object> options, String... headers) throws IOException {
        Map<String, Object> said = new HashMap<>(
                Map.of("name", "memories.csv", "user_id", "anna", "on_conflict", "newest", "modified", 1_000_000));
        said.putAll(options);
        String[] all = Stream.concat(Stream.of(headers), Stream.of(PAGE, "Content-Type: application/octet-stream"))
                .toArray(String[]::new);
        return wire.post("/api/import", Json.write(said) + "\n" + file, all);
    }

    /** The report, which is the last line of the answer. */
    private JsonNode imported(String file, Map<String, Object> options, String token) throws IOException {
        Wire.Reply reply = upload(file, options, token);
        assertThat(reply.status()).isEqualTo(200);
        List<String> lines = reply.body().lines().toList();
        JsonNode last = Json.mapper().readTree(lines.get(lines.size() - 1)).path("report");
        assertThat(last.isObject()).as(reply.body()).isTrue();
        return last;
    }

    @Test
    void anyPartOfTheListAndTheNumbersOfEachDayAreOfOneUser() throws IOException {
        memory.store("anna", "milk", "Oat ".repeat(1_000), Map.of("tags", List.of("food", 1)));
        JsonNode part = ask("newest", Map.of("user_id", "anna", "skip", 0, "limit", 1), owner())
                .json();
        assertThat(part.path("total").asInt()).isEqualTo(2);
        assertThat(part.at("/lines/0/key").asString()).isEqualTo("milk");
        assertThat(part.at("/lines/0/value").asString()).startsWith("Oat").hasSizeLessThan(400);
        assertThat(part.at("/lines/0/tags").toString()).isEqualTo("[\"food\"]");
        assertThat(ask("tags", Map.of("user_id", "anna"), owner()).body()).contains("\"food\"", "1");
        assertThat(ask("newest", Map.of("user_id", "anna", "skip", 1, "limit", 9), owner())
                        .json()
                        .path("lines")
                        .findValuesAsString("key"))
                .containsExactly("tea");
        JsonNode days = ask("growth", Map.of("user_id", "anna", "east_minutes", 60), owner())
                .json()
                .path("days");
        assertThat(days.at("/0/created").asInt() + days.at("/1/created").asInt())
                .isEqualTo(2);

        String ben = token(UserSet.of(Set.of("ben")), Scope.READ);
        Map<String, Object> ofAnna = Map.of("user_id", "anna", "skip", 0, "limit", 1, "east_minutes", 0);
        assertThat(ask("newest", ofAnna, ben).status()).isEqualTo(403);
        assertThat(ask("growth", ofAnna, ben).status()).isEqualTo(403);
        assertThat(ask("tags", ofAnna, ben).status()).isEqualTo(403);
        assertThat(ask("newest", Map.of("user_id", "anna", "skip", -1, "limit", 1), owner())
                        .status())
                .isEqualTo(400);
        assertThat(ask("growth", Map.of("user_id", "anna"), owner()).status()).isEqualTo(400);
    }

    @Test
    void tokensAreMadeShownAndRevokedByThoseWhoMayWriteForEverybody() throws IOException {
        String owner = owner();
        Map<String, Object> phone = Map.of("name", "phone", "users", List.of("ben"), "read_only", true, "days", 30);
        JsonNode created = ask("token-create", phone, owner).json();
        String secret = created.path("text").asString();
        assertThat(ask("users", Map.of(), "Authorization: Bearer " + secret).body())
                .isEqualTo("{\"users\":[\"ben\"]}");
        Wire.Reply list = ask("tokens", Map.of(), owner);
        assertThat(list.body()).doesNotContain(secret, "sha256");
        JsonNode shown = list.json().path("tokens");
        assertThat(shown.at("/0/own").asBoolean()).isTrue();
        assertThat(shown.at("/1/name").asString()).isEqualTo("phone");
        assertThat(shown.at("/1/users/0").asString()).isEqualTo("ben");
        assertThat(shown.at("/1/read_only").asBoolean()).isTrue();
        assertThat(shown.at("/1/expires_at").asString()).isNotEmpty();

        String id = shown.at("/1/id").asString();
        assertThat(ask("token-revoke", Map.of("id", id), owner).body()).isEqualTo("{\"revoked\":true}");
        assertThat(ask("token-revoke", Map.of("id", id), owner).body()).isEqualTo("{\"revoked\":false}");
        assertThat(ask("about", Map.of(), "Authorization: Bearer " + secret).status())
                .isEqualTo(401);
        assertThat(ask("token-create", Map.of("users", List.of()), owner).status())
                .isEqualTo(400);
        assertThat(ask("token-create", Map.of("users", "all", "days", 0), owner).status())
                .isEqualTo(400);
        assertThat(ask("token-create", Map.of("users", "all", "name", "a\nb"), owner)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void nobodyElseHearsOfTokens() throws IOException {
        String ben = token(UserSet.of(Set.of("ben")), Scope.READ_WRITE);
        String reader = token(UserSet.ALL, Scope.READ);
        for (String token : List.of(ben, reader)) {
            assertThat(ask("about", Map.of(), token).json().path("tokens").asBoolean())
                    .isFalse();
            for (String question : List.of("tokens", "token-create", "token-revoke")) {
                assertThat(ask(question, Map.of("users", "all", "id", "x"), token)
                                .status())
                        .as(question)
                        .isEqualTo(403);
            }
        }
        assertThat(tokens.tokens()).as("made by this test alone").hasSize(2);
    }

    @Test
    void whatIsNoQuestionIsRefused() throws IOException {
        String owner = owner();
        assertThat(ask("nothing", Map.of(), owner).status()).isEqualTo(404);
        assertThat(wire.exchange("GET", "/api/about", "", PAGE, owner).status()).isEqualTo(405);
        assertThat(wire.post("/api/about", "[]", PAGE, owner).status()).isEqualTo(400);
        assertThat(wire.post("/api/about", "{", PAGE, owner).status()).isEqualTo(400);
        assertThat(wire.post("/api/about", "{}", PAGE, owner, "Content-Type: text/plain")
                        .status())
                .isEqualTo(400);
        assertThat(call("nothing", Map.of(), owner).status()).isEqualTo(400);
        assertThat(ask("call", Map.of("tool", "search"), owner).status()).isEqualTo(400);
        assertThat(call("search", Map.of("user_id", "anna", "limit", -1), owner).body())
                .contains("limit");
    }

    @Test
    void theLinkOfTheOwnMachineWorksOnce() throws IOException {
        stop();
        OneTimeLink link = new OneTimeLink();
        start(AccessPolicy.only(link, System::nanoTime, reason -> {}), link::kept, false);
        String code = "Authorization: Bearer " + link.code();
        assertThat(ask("about", Map.of()).status()).isEqualTo(401);

        String cookie = cookie(wire.post("/api/session", "", PAGE, code));
        assertThat(cookie).doesNotContain(link.code());
        assertThat(wire.post("/api/session", "", PAGE, code).status())
                .as("the link again")
                .isEqualTo(401);
        assertThat(ask("about", Map.of(), cookie).status()).isEqualTo(200);
        assertThat(ask("clients", Map.of(), cookie).body()).contains("the path of this program");
        assertThat(call("store", Map.of("user_id", "anna", "key", "k", "value", "v"), cookie)
                        .status())
                .isEqualTo(200);
    }
}
