package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.util.RawValue;

class TextsTest {

    /** What a person takes for one character, in one to eleven UTF-16 units. */
    private static final String[] CHARACTERS = {
        "a", "é", "e\u0301", "🍵", "👍🏽", "👨‍👩‍👧", "🇩🇪", "각", "\r\n", "❤️", "q\u0323\u0307"
    };

    @Test
    void aCutNeverSplitsACharacter() {
        for (String character : CHARACTERS) {
            String text = "ab" + character + character + "cd";
            for (int most = 0; most <= text.length() + 1; most++) {
                int end = most < 2 + character.length()
                        ? Math.min(most, 2)
                        : most < 2 + 2 * character.length() ? 2 + character.length() : Math.min(most, text.length());
                assertThat(Texts.cut(text, most)).as("%s at %d", text, most).isEqualTo(text.substring(0, end));
            }
        }
    }

    @Test
    void flagsInARowArePairedFromTheirBeginning() {
        String flags = "x" + "🇩🇪".repeat(20);

        assertThat(Texts.cut(flags, 1 + 4 * 7 + 2)).isEqualTo("x" + "🇩🇪".repeat(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0301", "\u200d👩"})
    void whatIsJoinedWithoutEndIsCutByCodePoint(String joined) {
        String text = "👩" + joined.repeat(1000);

        for (int most = 900; most < 906; most++) {
            String cut = Texts.cut(text, most);
            assertThat(cut.length()).isBetween(most - 1, most);
            assertThat(Texts.unpairedSurrogate(cut)).isNegative();
        }
    }

    @Test
    void whatIsMissingIsShown() {
        assertThat(Texts.shortened("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Texts.shortened("abcdef🍵", 7)).isEqualTo("abcdef...");
    }

    @Test
    void anIndexOutsideTheTextIsItsEnd() {
        assertThat(Texts.boundary("abc", -1)).isZero();
        assertThat(Texts.boundary("abc", 7)).isEqualTo(3);
        assertThat(Texts.boundary("", 0)).isZero();
    }

    @Test
    void halvesOfCharactersAreReplacedWhereverTheyStand() {
        assertThat(Texts.whole("a\ud83d")).isEqualTo("a\ufffd");
        assertThat(Texts.whole("\udf75b")).isEqualTo("\ufffdb");
        assertThat(Texts.whole("\ud83d\ud83c\udf75\udf75")).isEqualTo("\ufffd🍵\ufffd");
        assertThat(Texts.whole("🍵")).isEqualTo("🍵");
        assertThat(Texts.wholeJson(Map.of("n\ud83d", Arrays.asList("v\ud83d", null, 1, Map.of("x", "\udf75")))))
                .isEqualTo(Map.of("n\ufffd", Arrays.asList("v\ufffd", null, 1, Map.of("x", "\ufffd"))));
    }

    @Test
    void aFailureIsOneLineOfWholeCharacters() {
        BackendException failure =
                new BackendException(BackendException.Kind.BROKEN, "a\ud83d\nb\u001b[2J" + "🍵".repeat(5000), "");

        assertThat(failure.describe())
                .startsWith("a\ufffd\\u000ab\\u001b[2J🍵")
                .endsWith("🍵...")
                .hasSizeLessThan(2010);
        assertThat(new BackendStatus(true, "a\u2028\udf75").detail()).isEqualTo("a\\u2028\ufffd");
    }

    @Test
    void jsonInBytesIsAlwaysValid() {
        byte[] bytes = Json.writeBytes(Map.of("n\ud83d", List.of("v\udf75\"", 1)));

        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("{\"n\ufffd\":[\"v\ufffd\\\"\",1]}");
        assertThat(new String(Json.writeBytes(new RawValue("[\"\ud83d\"]")), StandardCharsets.UTF_8))
                .isEqualTo("[\"\ufffd\"]");
    }
}
