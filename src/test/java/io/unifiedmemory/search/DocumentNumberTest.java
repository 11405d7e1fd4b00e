package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.search.DocumentNumber.Field;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentNumberTest {

    /** The length of a memory with more words is not told apart. */
    private static final int LONGEST = 55_107;

    /** Files have these numbers: whoever changes one has to build the index of every old file anew. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, false, false, 1024",
        "1, 1, false, false, 1088",
        "5, 3, false, false, 5248",
        "5, 3, true, false, 5252",
        "5, 3, false, true, 5256",
        "7, 100, true, true, 7612",
        "1, 1000000, false, false, 2032",
        "9007199254740991, 20, false, false, 9223372036854775072"
    })
    void theNumbersInTheFileStayAsTheyAre(long id, int words, boolean question, boolean tellsTime, long number) {
        assertThat(DocumentNumber.of(id, memory(words, question, tellsTime))).isEqualTo(number);
        assertThat(DocumentNumber.in(Field.TEXT, number)).isEqualTo(number);
        assertThat(DocumentNumber.in(Field.REPEATED, number)).isEqualTo(number + 1);
        assertThat(DocumentNumber.in(Field.METADATA, number)).isEqualTo(number + 2);
        assertThat(number >> DocumentNumber.ID_SHIFT).isEqualTo(id);
    }

    @Test
    void everythingIsReadAsItWasPutIn() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            long id = Math.floorMod(random.nextLong(), 1L << (1 + random.nextInt(53)));
            int words = random.nextInt(1 << (1 + random.nextInt(20)));
            boolean question = random.nextBoolean();
            boolean tellsTime = random.nextBoolean();
            long document = DocumentNumber.of(id, memory(words, question, tellsTime));

            assertThat(DocumentNumber.field(document)).isEqualTo(Field.TEXT);
            for (Field field : Field.values()) {
                long hit = DocumentNumber.in(field, document);
                assertThat(DocumentNumber.field(hit)).as("seed %d", seed).isEqualTo(field);
                assertThat(DocumentNumber.ofHit(hit)).as("seed %d", seed).isEqualTo(document);
                assertThat(DocumentNumber.id(hit)).as("seed %d", seed).isEqualTo(id);
            }
            assertThat(DocumentNumber.isQuestion(document)).as("seed %d", seed).isEqualTo(question);
            assertThat(DocumentNumber.tellsTime(document)).as("seed %d", seed).isEqualTo(tellsTime);
            double known = Math.min(words, LONGEST);
            assertThat(DocumentNumber.words(document))
                    .as("seed %d", seed)
                    .isCloseTo(known, Offset.offset(0.1 * (known + 1)));
        }
    }

    /** So the latest of equal scores comes first, whatever the lengths. */
    @Test
    void numbersAreInTheOrderOfTheIds() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            long id = random.nextInt(1 << (1 + random.nextInt(30)));
            long earlier = DocumentNumber.in(
                    Field.METADATA, DocumentNumber.of(id, memory(random.nextInt(), random.nextBoolean(), true)));
            long later = DocumentNumber.of(id + 1, memory(random.nextInt(100), random.nextBoolean(), false));

            assertThat(earlier).as("seed %d", seed).isLessThan(later);
        }
    }

    private static IndexedMemory memory(int words, boolean question, boolean tellsTime) {
        return new IndexedMemory(
                Set.of(), Set.of(), Set.of(), words & Integer.MAX_VALUE, Set.of(), question, tellsTime);
    }
}
