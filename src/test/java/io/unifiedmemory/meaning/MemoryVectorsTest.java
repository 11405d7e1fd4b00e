package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryStore;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.unified.MovableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryVectorsTest {

    private final PrimaryStore store = new InMemoryStore(new MovableClock());
    private final List<String> asked = new ArrayList<>();
    private String refused = "";

    private final EmbeddingModel model = new EmbeddingModel() {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public float[] ofQuery(String text) {
            return new float[] {1};
        }

        @Override
        public float[] ofPassage(String text) {
            asked.add(text);
            if (text.contains(refused)) {
                throw new ModelException("cannot say what this means");
            }
            return new float[] {1};
        }

        @Override
        public void close() {}
    };

    @BeforeEach
    void store() {
        store.vectors().use(model.name(), Instant.EPOCH);
        for (String key : List.of("favourite/tea", "m17", "work")) {
            Instant now = Instant.ofEpochSecond(1);
            store.store(new MemoryEntry("ann", key, "text of it", Map.of(), now, now, new HlcTimestamp(1)));
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void eachMemoryIsGivenWithTheWordsOfItsKeyUntilNoneWaits() {
        refused = "nothing";
        assertThat(MemoryVectors.step(store.vectors(), model)).isTrue();
        assertThat(asked).containsExactlyInAnyOrder("favourite tea: text of it", "text of it", "work: text of it");
        assertThat(MemoryVectors.step(store.vectors(), model)).isFalse();
    }

    @Test
    void aTextThatTheModelRefusesDoesNotHoldUpTheOthers() {
        refused = "tea";
        assertThat(MemoryVectors.step(store.vectors(), model)).isTrue();
        assertThat(store.vectors().waiting(model.name(), 10)).isEmpty();
    }

    @Test
    void aModelThatRefusesEverythingLeavesAllWaiting() {
        refused = "";
        assertThatThrownBy(() -> MemoryVectors.step(store.vectors(), model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("cannot say");
        assertThat(store.vectors().waiting(model.name(), 10))
                .extracting(Waiting::key)
                .hasSize(3);
    }
}
