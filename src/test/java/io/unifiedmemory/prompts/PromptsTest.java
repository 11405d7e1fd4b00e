package io.unifiedmemory.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which prompts a caller is offered, and what they say. */
class PromptsTest {

    private static final Principal ALICE = new Principal("a", UserSet.of(Set.of("alice")), Scope.READ_WRITE);
    private static final Principal READER = new Principal("r", UserSet.of(Set.of("alice")), Scope.READ);

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Prompts prompts;

    @BeforeEach
    void open() {
        memory = UnifiedMemory.builder()
                .primary(
                        "sqlite",
                        new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))),
                        BackendOptions.LOCAL)
                .build();
        prompts = new Prompts(new ToolBox(
                memory,
                new ToolOptions(Limits.DEFAULT, null, false, true),
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(Path.of("memory.db"), 0, null),
                () -> null));
        memory.store("alice", "favourite tea", "Green tea, \nnever black", Map.of());
        memory.store("bob", "tea", "Bob's tea is secret", Map.of());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void aReaderIsOfferedNoPromptThatWrites() {
        assertThat(prompts.list(ALICE)).extracting(Prompt::name).containsExactly("recall", "remember", "review");
        assertThat(prompts.list(READER)).extracting(Prompt::name).containsExactly("recall");
        assertThatThrownBy(() -> prompts.get(READER, "remember", Map.of())).isInstanceOf(ToolFailure.class);
    }

    @Test
    void recallHoldsWhatTheCallerMaySee() {
        String text = prompts.get(READER, "recall", Map.of("topic", "tea")).text();

        assertThat(text).contains("- favourite tea: Green tea, never black (20").doesNotContain("Bob");
        assertThatThrownBy(() -> prompts.get(READER, "recall", Map.of("topic", "tea", "user_id", "bob")))
                .isInstanceOf(ToolFailure.class);
    }

    @Test
    void recallSaysThatNothingWasFound() {
        assertThat(prompts.get(READER, "recall", Map.of("topic", "zebras")).text())
                .contains("Nothing was found")
                .doesNotContain("<memories>");
    }

    @Test
    void valuesStandInTheirPrompts() {
        assertThat(prompts.get(ALICE, "remember", Map.of("topic", "the API", "user_id", "alice"))
                        .text())
                .contains("about: the API")
                .contains("user_id \"alice\"");
        assertThat(prompts.get(ALICE, "remember", Map.of()).text()).doesNotContain("user_id");
        assertThat(prompts.get(ALICE, "review", Map.of("key_prefix", "app/")).text())
                .contains("key_prefix \"app/\"");
        assertThat(prompts.get(ALICE, "review", Map.of()).text()).contains("get_all");
    }

    @Test
    void aMissingValueAndAnUnknownPromptAreRefused() {
        assertThatThrownBy(() -> prompts.get(ALICE, "recall", Map.of("topic", " ")))
                .isInstanceOfSatisfying(
                        ToolFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REJECTED))
                .hasMessageContaining("topic");
        assertThatThrownBy(() -> prompts.get(ALICE, "recite", Map.of()))
                .hasMessageContaining("recall, remember, review");
        assertThatThrownBy(() -> prompts.get(ALICE, "recall", Map.of("topic", "x".repeat(1001))))
                .hasMessageContaining("1000");
    }
}
