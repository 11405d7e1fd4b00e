package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of clients as they are: what the tools take, and what they must not take for something else. */
class ClientArgumentsTest {

    /** What clients and frameworks put beside the arguments of every call. */
    private static final String BESIDE = "'toolCallId':'c1','_sessionID':'s','random_string':'x','tool_call_id':7";

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        memory = ToolBoxes.onSqlite(folder).build();
        tools = ToolBoxes.of(memory, new ToolOptions(Limits.DEFAULT, "me", true, false), Clock.systemUTC());
        memory.store("me", "a", "tea", Map.of("n", 1));
        memory.store("me", "b", "coffee", Map.of());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "store|'key':'k','value':'v'",
                "retrieve|'key':'a'",
                "search|'query':'tea'",
                "get_all|",
                "delete|'key':'a'",
                "delete|'all':true",
                "cleanup|'max_age_days':30",
                "health|",
                "reconcile|",
                "remember_user_info|'information_type':'t','information':'i'",
                "search_user_memory|'query':'tea'"
            })
    void whatAClientSendsBesideItsArgumentsIsIgnored(String tool, String arguments) {
        String both = arguments == null ? BESIDE : arguments + "," + BESIDE;

        assertThat(call(tool, both)).doesNotContainKey("ignored_arguments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "0", "null", "[]", "{}", "'null'", "'0'"})
    void anOptionalNumberThatIsEmptyIsNotSet(String empty) {
        assertThat(results("'query':'tea','limit':" + empty)).hasSize(1);
        assertThat(call("get_all", "'limit':" + empty)).containsEntry("total", 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "0", "null", "[]", "{}"})
    void anOptionalTextOrObjectThatIsEmptyIsNotSet(String empty) {
        for (String field : List.of("cursor", "order", "since", "until", "metadata")) {
            assertThat(results("'query':'tea','" + field + "':" + empty)).hasSize(1);
        }
        call("store", "'key':'k','value':'v','metadata':" + empty);
        assertThat(entry("k")).containsEntry("metadata", Map.of());
    }

    @Test
    void anEmptyUserIsTheDefaultUser() {
        assertThat(call("get_all", "'user_id':''")).containsEntry("total", 2L);
        assertThat(results("'query':'tea','key_prefix':'','user_id':null")).hasSize(1);
    }

    @Test
    void whatCanMeanOneThingOnlyIsTaken() {
        assertThat(call("get_all", "'limit':'1'")).containsKey("next_cursor");
        assertThat(call("get_all", "'limit':' 1 '")).containsKey("next_cursor");
        assertThat(call("get_all", "'limit':1.0")).containsKey("next_cursor");
        assertThat(call("get_all", "'limit':'1.0'")).containsKey("next_cursor");
        assertThat(results("'order':'Recency'")).hasSize(2);
        call("store", "'key':'7','value':'42','metadata':'{\\'n\\':{\\'x\\':1}}'");
        assertThat(entry("7")).containsEntry("value", "42").containsEntry("metadata", Map.of("n", Map.of("x", 1)));
        assertThat(results("'query':'tea','metadata':'{\\'n\\':1}'")).hasSize(1);
        assertThat(call("reconcile", "'dry_run':'True'")).containsEntry("dry_run", true);
        assertThat(call("cleanup", "'max_age_days':'30'")).containsEntry("deleted", 0L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "search|'limit':'five'|limit must be a whole number",
                "search|'limit':'1e3'|limit must be a whole number",
                "search|'limit':true|limit must be a whole number",
                "search|'limit':-1|limit must be from 1",
                "search|'limit':'5.5'|limit must be a whole number",
                "store|'key':'k','value':'v','metadata':'tags'|metadata must be a JSON object",
                "store|'key':'k','value':'v','metadata':'[1]'|metadata must be a JSON object",
                "store|'key':'k','value':'v','metadata':[1]|metadata must be a JSON object",
                "store|'key':'k','value':{'a':1}|value must be a string",
                "store|'key':0,'value':'v'|key must be a string",
                "store|'key':1.5,'value':'v'|key must be a string",
                "store|'key':7,'value':'v'|key must be a string",
                "store|'key':'k','value':42|value must be a string",
                "store|'key':'','value':'v'|key must have 1 to 512",
                "store|'key':'  ','value':'v'|key must have 1 to 512",
                "store|'key':'k','content':'v'|value is required; unknown and ignored: content",
                "search|'order':'best'|order must be"
            })
    void whatCanMeanMoreIsRefused(String tool, String arguments, String message) {
        assertThatThrownBy(() -> call(tool, arguments))
                .isInstanceOf(ToolFailure.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        "store, metdata, metadata",
        "store, meta, metadata",
        "store, Metadata, metadata",
        "store, userId, user_id",
        "store, user, user_id",
        "search, querry, query",
        "search, search_query, query",
        "search, keyprefix, key_prefix",
        "search, prefix, key_prefix",
        "search, limits, limit",
        "search, metadata_filter, metadata",
        "get_all, cursors, cursor",
        "delete, keys, key",
        "delete, Key, key",
        "cleanup, maxAgeDays, max_age_days"
    })
    void aMisspeltArgumentIsRefusedWithTheOneThatItMayMean(String tool, String name, String meant) {
        String rest = switch (tool) {
            case "store" -> "'key':'k','value':'v',";
            case "delete" -> "'key':'a',";
            case "cleanup" -> "'max_age_days':1,";
            default -> "";
        };
        assertThatThrownBy(() -> call(tool, rest + "'" + name + "':'x'"))
                .isInstanceOf(ToolFailure.class)
                .hasMessage("unknown argument \"" + name + "\"; did you mean " + meant + "?");
    }

    @Test
    void whatAModelHopedForIsIgnoredAndSaid() {
        assertThat(call("store", "'key':'k','value':'v','tags':['x'],'sessionId':'s','importance':3"))
                .containsEntry("ignored_arguments", List.of("tags", "importance"));
        assertThat(call("search", "'query':'tea','fuzzy':true")).containsEntry("ignored_arguments", List.of("fuzzy"));
        assertThat(call("search", "'query':'tea','fuzzy':null")).doesNotContainKey("ignored_arguments");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'all':true,'key':'a'",
                "'all':true,'keys':[]",
                "'all':true,'prefix':'a'",
                "'all':true,'ids':['a']",
                "'all':true,'tag':'x'",
                "'all':true,'anything':'x'",
                "'all':true,'sessionId':'s'",
                "'all':true,'dry_run':true",
                "'all':true,'key':0",
                "'all':true,'key':[]",
                "'all':true,'key':{}",
                "'all':true,'key':' '",
                "'all':'yes'",
                "'all':'no'",
                "'all':'no','key':'a'",
                "'all':1",
                "'all':'1'",
                "'all':false",
                "'all':'false'",
                "'all':''",
                "'all':0",
                "'ALL':true",
                "'key':''",
                "'key':'','all':false",
                "'key':null",
                "'key':' '",
                "'key':['a']",
                "'key':true",
                "'key':'a','dry_run':true",
                "'key':'a','older_than':'1d'",
                "'key':'a','if_version':1",
                "'key':'a','ids':['b']",
                "'keey':'a'",
                ""
            })
    void noDeleteMeansMoreThanItSays(String arguments) {
        assertThatThrownBy(() -> call("delete", arguments)).isInstanceOf(ToolFailure.class);
        assertThat(call("get_all", "")).containsEntry("total", 2L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'key':'a','all':false",
                "'key':'a','all':''",
                "'key':'a','all':null",
                "'key':'a','all':0",
                "'key':'a','all':'false'",
                "'key':'a','sessionId':'s'",
                "'key':'a','colour':'red'"
            })
    void aDeleteOfOneDeletesOne(String arguments) {
        assertThat(call("delete", arguments)).containsEntry("count", 1L);
        assertThat(call("get_all", "")).containsEntry("total", 1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'all':true", "'all':'true'", "'all':'True'", "'all':true,'key':''", "'all':true,'key':null"})
    void aDeleteOfAllDeletesAll(String arguments) {
        assertThat(call("delete", arguments)).containsEntry("count", 2L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'max_age_days':0",
                "'max_age_days':''",
                "'max_age_days':null",
                "'max_age_days':'all'",
                "'max_age_days':1,'tag':'x'",
                "'max_age_days':1,'dry_run':true",
                "'max_age_days':1,'anything':'x'",
                "'days':1"
            })
    void noCleanupMeansMoreThanItSays(String arguments) {
        assertThatThrownBy(() -> call("cleanup", arguments)).isInstanceOf(ToolFailure.class);
    }

    private Map<String, Object> call(String tool, String arguments) {
        String json =
                "{" + (arguments == null ? "" : arguments.replace("\\'", "\\\"").replace('\'', '"')) + "}";
        return tools.call(tool, new ToolCall(Json.parseObject(json), Map.of(), Principal.LOCAL))
                .structured();
    }

    private List<?> results(String arguments) {
        return (List<?>) Objects.requireNonNull(call("search", arguments).get("results"));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> entry(String key) {
        return (Map<String, Object>)
                Objects.requireNonNull(call("retrieve", "'key':'" + key + "'").get("entry"));
    }
}
