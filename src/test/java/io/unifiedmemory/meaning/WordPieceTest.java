package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WordPieceTest {

    private final WordPiece tokenizer;

    WordPieceTest() throws IOException {
        tokenizer =
                new WordPiece(Files.readAllLines(TestAddOn.installed().folder().resolve(AddOn.VOCABULARY)));
    }

    /** {@code tokens.jsonl} has texts with the ids that Hugging Face's own tokenizer gives them, by the model's file. */
    @Test
    void eachTextHasTheIdsThatTheModelsOwnTokenizerGivesIt() throws Exception {
        List<String> lines = Files.readAllLines(
                Path.of(WordPieceTest.class.getResource("tokens.jsonl").toURI()));
        assertThat(lines).hasSizeGreaterThan(30);
        for (String line : lines) {
            Map<String, Object> expected = Json.parseObject(line);
            String text = String.valueOf(expected.get("text"));
            assertThat(ids(text)).as(text).isEqualTo(expected.get("ids"));
        }
    }

    @Test
    void theNameOfASpecialTokenIsTextAsAnyOther() {
        assertThat(tokenizer.tokens("[SEP]")).doesNotContain(tokenizer.number("[SEP]"));
    }

    @Test
    void aTextOfNothingHasNoTokens() {
        assertThat(tokenizer.tokens(" \t\u0000")).isEmpty();
    }

    private String ids(String text) {
        return tokenizer.tokens(text).stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
