package io.unifiedmemory.resources;

import static io.unifiedmemory.resources.MemoryFile.ALICE;
import static io.unifiedmemory.resources.MemoryFile.EVERYBODY;
import static io.unifiedmemory.resources.MemoryFile.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is offered to somebody who types, and that it never tells of others. */
class CompletionsTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Completions completions;

    @BeforeEach
    void open() {
        memory = MemoryFile.open(folder);
        completions = new Completions(memory, MemoryFile.options(null));
        for (String key : List.of("app", "app/a", "app/b/c", "app/b/d", "apple", "zoo")) {
            memory.store("alice", key, "v", Map.of());
        }
        memory.store("albert", "x", "v", Map.of());
        memory.store("bob", "app/secret", "v", Map.of());
        memory.store("carol", "app/carol", "v", Map.of());
        memory.store("alma", "gone", "v", Map.of());
        memory.delete("alma", "gone", null);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private List<String> users(Principal caller, String begun) {
        return completions.complete(caller, "user_id", begun, Map.of()).values();
    }

    private List<String> keys(Principal caller, String user, String begun) {
        return completions
                .complete(caller, "key", begun, Map.of("user_id", user))
                .values();
    }

    @Test
    void usersAreThoseOfTheCallerWhoHaveMemories() {
        assertThat(users(EVERYBODY, "")).containsExactly("albert", "alice", "bob", "carol");
        assertThat(users(EVERYBODY, "al")).containsExactly("albert", "alice");
        assertThat(users(EVERYBODY, "alice")).containsExactly("alice");
        assertThat(users(TWO, "")).containsExactly("alice", "carol");
        assertThat(users(ALICE, "")).containsExactly("alice");
        assertThat(users(ALICE, "b")).isEmpty();
        assertThat(users(MemoryFile.principal("alma", "nobody"), "")).isEmpty();
    }

    @Test
    void keysAreThoseOfTheUser() {
        assertThat(keys(ALICE, "alice", "app")).containsExactly("app", "app/a", "app/b/c", "app/b/d", "apple");
        assertThat(keys(ALICE, "alice", "")).hasSize(6);
        assertThat(keys(ALICE, "alice", "zoo")).containsExactly("zoo");
        assertThat(keys(ALICE, "alice", "q")).isEmpty();
        assertThat(keys(ALICE, "bob", "app")).isEmpty();
        assertThat(keys(EVERYBODY, "bob", "app")).containsExactly("app/secret");
        assertThat(keys(EVERYBODY, "alma", "")).isEmpty();
    }

    @Test
    void theUserOfATokenNeedNotBeNamed() {
        assertThat(completions.complete(ALICE, "key", "zo", Map.of()).values()).containsExactly("zoo");
        assertThat(completions.complete(TWO, "key", "zo", Map.of()).values()).isEmpty();
    }

    @Test
    void prefixesEndAtASeparator() {
        assertThat(completions
                        .complete(ALICE, "key_prefix", "app", Map.of("user_id", "alice"))
                        .values())
                .containsExactly("app", "app/", "apple");
        assertThat(completions
                        .complete(ALICE, "key_prefix", "app/", Map.of("user_id", "alice"))
                        .values())
                .containsExactly("app/a", "app/b/");
    }

    @Test
    void noMoreThanTheProtocolPermitsAreOffered() {
        for (int i = 0; i < 150; i++) {
            memory.store("alice", "many%03d".formatted(i), "v", Map.of());
        }

        Completion some = completions.complete(ALICE, "key", "many", Map.of());
        assertThat(some.values()).hasSize(Completion.MOST);
        assertThat(some.hasMore()).isTrue();
        Completion few = completions.complete(ALICE, "key", "many01", Map.of());
        assertThat(few.values()).hasSize(10);
        assertThat(few.hasMore()).isFalse();
    }

    @Test
    void longTextsDoNotHideThatThereAreMore() {
        for (int i = 0; i < 6; i++) {
            memory.store("alice", "long" + i, "x".repeat(400_000), Map.of());
        }

        Completion some = completions.complete(ALICE, "key", "long", Map.of());

        assertThat(some.values()).isNotEmpty().hasSizeLessThan(6);
        assertThat(some.hasMore()).isTrue();
    }

    @Test
    void otherArgumentsAreNotCompleted() {
        assertThat(completions.complete(ALICE, "topic", "t", Map.of())).isEqualTo(Completion.NONE);
    }

    @Test
    void whatIsNoTextIsRefused() {
        assertThatThrownBy(() -> completions.complete(ALICE, "key", "\ud800", Map.of()))
                .isInstanceOf(ToolFailure.class);
    }
}
