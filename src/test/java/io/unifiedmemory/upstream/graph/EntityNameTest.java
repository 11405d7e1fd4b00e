package io.unifiedmemory.upstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntityNameTest {

    @Test
    void readsLikeWhatItNames() {
        assertThat(EntityName.of("alice", "favourite colour")).isEqualTo("alice/favourite colour");
        assertThat(EntityName.of("team/100%", "50% / a")).isEqualTo("team%2F100%25/50% / a");
    }

    @Test
    void isDifferentForEveryUserAndKey() {
        Random random = new Random(42);
        Map<String, List<String>> named = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            List<String> memory = List.of(text(random), text(random));
            List<String> other = named.putIfAbsent(EntityName.of(memory.get(0), memory.get(1)), memory);

            assertThat(other == null || other.equals(memory))
                    .as("%s and %s have one name", memory, other)
                    .isTrue();
        }
    }

    /** Short, of the characters that matter, so that collisions are found if there are any. */
    private static String text(Random random) {
        String alphabet = "/%25Fa";
        StringBuilder text = new StringBuilder();
        for (int length = 1 + random.nextInt(5); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
