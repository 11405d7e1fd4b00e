package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class UserDirectoryTest {

    private static List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "user %06d".formatted(number))
                .toList();
    }

    private static UserDirectory of(List<String> names) {
        return (after, limit) -> names.stream()
                .filter(name -> after == null || name.compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    @Test
    void everyUserIsNamedOnceWhereverAPageEnds() {
        for (int count : new int[] {0, 1, 499, 500, 501, 1_000, 1_201}) {
            List<String> names = names(count);
            assertThat(UserDirectory.all(of(names))).containsExactlyElementsOf(names);
        }
        var none = UserDirectory.all(of(List.of())).iterator();
        Assertions.assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
    }
}
