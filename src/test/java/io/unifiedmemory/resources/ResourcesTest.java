package io.unifiedmemory.resources;

import static io.unifiedmemory.resources.MemoryFile.ALICE;
import static io.unifiedmemory.resources.MemoryFile.EVERYBODY;
import static io.unifiedmemory.resources.MemoryFile.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which resources a caller is shown, and what is in them. */
class ResourcesTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Resources resources;

    @BeforeEach
    void open() {
        memory = MemoryFile.open(folder);
        resources = new Resources(memory, MemoryFile.options(null));
        memory.store("alice", "a/1", "first\n\nof alice", Map.of("tag", "x"));
        memory.store("bob", "secret", "of bob", Map.of());
        memory.store("carol", "c", "of carol", Map.of());
    }

    @AfterEach
    void close() {
        resources.close();
        memory.close();
    }

    private List<String> listed(Principal caller) {
        List<String> uris = new ArrayList<>();
        String cursor = null;
        do {
            ResourcePage page = resources.list(caller, cursor);
            page.resources().forEach(resource -> uris.add(resource.uri()));
            cursor = page.nextCursor();
        } while (cursor != null);
        return uris;
    }

    @Test
    void aCallerIsShownTheMemoriesThatItMaySee() {
        assertThat(listed(EVERYBODY))
                .containsExactly("memory://alice/a%2F1", "memory://bob/secret", "memory://carol/c");
        assertThat(listed(TWO)).containsExactly("memory://alice/a%2F1", "memory://carol/c");
        assertThat(listed(ALICE)).containsExactly("memory://alice/a%2F1");
        assertThat(listed(MemoryFile.principal("nobody"))).isEmpty();
    }

    @Test
    void whereThereIsADefaultUserItsMemoriesAreListed() {
        resources = new Resources(memory, MemoryFile.options("bob"));

        assertThat(listed(EVERYBODY)).containsExactly("memory://bob/secret");
        assertThat(listed(TWO)).containsExactly("memory://alice/a%2F1", "memory://carol/c");
    }

    @Test
    void aResourceSaysWhatItIs() {
        Resource resource = resources.list(ALICE, null).resources().get(0);

        assertThat(resource.name()).isEqualTo("a/1");
        assertThat(resource.description()).isEqualTo("first of alice");
        assertThat(resource.bytes()).isEqualTo("first\n\nof alice".length());
        assertThat(resource.lastModified()).isNotNull();
    }

    @Test
    void aListComesInPagesAcrossUsers() {
        for (int i = 0; i < 250; i++) {
            memory.store("alice", "k%03d".formatted(i), "v", Map.of());
        }

        ResourcePage first = resources.list(TWO, null);

        assertThat(first.resources()).hasSize(100);
        assertThat(first.nextCursor()).isNotNull();
        assertThat(listed(TWO)).hasSize(252).doesNotHaveDuplicates().last().isEqualTo("memory://carol/c");
    }

    @Test
    void usersWhoseMemoriesWereDeletedArePassedOver() {
        for (int i = 0; i < 30; i++) {
            memory.store("alice" + i, "k", "v", Map.of());
            memory.deleteAll("alice" + i, null);
        }

        assertThat(listed(EVERYBODY))
                .containsExactly("memory://alice/a%2F1", "memory://bob/secret", "memory://carol/c");
    }

    @Test
    void aCursorOfAnotherCallerShowsNothing() {
        for (int i = 0; i < 101; i++) {
            memory.store("bob", "k%03d".formatted(i), "v", Map.of());
        }
        String ofBob = resources.list(MemoryFile.principal("bob"), null).nextCursor();

        assertThat(ofBob).isNotNull();
        assertThatThrownBy(() -> resources.list(ALICE, ofBob)).isInstanceOf(ToolFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "cg", "!!", "bGFsaWNl", "cmFsaWNl"})
    void whatIsNoCursorIsRefused(String cursor) {
        assertThatThrownBy(() -> resources.list(ALICE, cursor))
                .isInstanceOfSatisfying(
                        ToolFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REJECTED));
    }

    @Test
    void aResourceIsReadWhole() {
        memory.store("alice", "long", "x".repeat(300_000), Map.of());

        ResourceContents contents = resources.read(ALICE, "memory://alice/a%2F1");

        assertThat(contents.text()).isEqualTo("first\n\nof alice");
        assertThat(contents.metadata()).containsEntry("tag", "x");
        assertThat(contents.uri()).isEqualTo("memory://alice/a%2F1");
        assertThat(contents.source()).isEqualTo("sqlite");
        assertThat(contents.complete()).isTrue();
        assertThat(contents.updatedAt()).isNotNull();
        assertThat(resources.read(ALICE, "memory://alice/long").text()).hasSize(300_000);
        assertThat(resources.read(ALICE, "memory://alice/a/1").text()).isEqualTo(contents.text());
    }

    /** An answer must not tell a memory of another user from one that is not there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory://bob/secret",
                "memory://bob/nothing",
                "memory://nobody/x",
                "memory://alice/nothing",
                "memory://alice/a%2F1%00",
                "memory://alice",
                "file:///etc/passwd",
                "memory://alice/../bob/secret"
            })
    void whatACallerMayNotSeeIsNotThere(String uri) {
        assertThatThrownBy(() -> resources.read(ALICE, uri))
                .isInstanceOfSatisfying(ResourceNotFoundException.class, e -> {
                    assertThat(e).hasMessage("Resource not found");
                    assertThat(e.uri()).isEqualTo(uri);
                });
    }

    @Test
    void aDeletedMemoryIsNoResource() {
        memory.delete("alice", "a/1", null);

        assertThat(listed(ALICE)).isEmpty();
        assertThatThrownBy(() -> resources.read(ALICE, "memory://alice/a%2F1"))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void aRequestThatWentPastAuthenticationIsRefused() {
        assertThatThrownBy(() -> resources.read(Principal.LOCAL, "memory://alice/a%2F1"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(new Resources(memory, ToolOptions.DEFAULT)
                        .read(Principal.LOCAL, "memory://bob/secret")
                        .text())
                .isEqualTo("of bob");
    }
}
