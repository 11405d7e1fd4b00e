package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a miss names the keys that were probably meant, and nobody else's. */
class NearKeysTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        memory = ToolBoxes.onSqlite(folder).build();
        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());
        for (String key :
                List.of("favourite-colour", "favourite-food", "project-x/deadline", "timezone", "Любимый чай")) {
            memory.store("u", key, "v", Map.of());
        }
        memory.store("other", "favourite-color", "v", Map.of());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private Map<String, Object> retrieve(String key) {
        return tools.call("retrieve", new ToolCall(Map.of("user_id", "u", "key", key), Map.of(), Principal.LOCAL))
                .structured();
    }

    @ParameterizedTest
    @CsvSource({
        "favourite_colour, favourite-colour",
        "favorite-color, favourite-colour",
        "FavouriteFood, favourite-food",
        "favourite foods, favourite-food",
        "project_x deadline, project-x/deadline",
        "project-x/deadlin, project-x/deadline",
        "time-zone, timezone",
        "любимый-чай, Любимый чай"
    })
    void theKeyThatWasMeantComesFirst(String missing, String meant) {
        Map<String, Object> reply = retrieve(missing);

        assertThat(reply).containsEntry("found", false);
        assertThat(reply.get("near_keys"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"phone-number", "///", "v", "q"})
    void whereNothingIsSimilarNothingIsNamed(String missing) {
        assertThat(retrieve(missing)).doesNotContainKey("near_keys").containsEntry("found", false);
    }

    @Test
    void aHitNamesNoOtherKeys() {
        assertThat(retrieve("timezone")).containsEntry("found", true).doesNotContainKey("near_keys");
    }

    @Test
    void atMostFiveAreNamed() {
        for (int i = 0; i < 40; i++) {
            memory.store("u", "meeting-notes-" + i, "v", Map.of());
        }

        assertThat(retrieve("meeting-notes").get("near_keys"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(5);
    }
}
