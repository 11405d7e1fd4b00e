package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.meaning.TestAddOn;
import io.unifiedmemory.retrieval.SearchEvaluation.Answered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions in other words than the answers, asked of the real model. */
class SearchByMeaningTest {

    /** In each case a question, a memory that answers it, and one that has a word more of it and does not. */
    private static final List<List<String>> CASES = List.of(
            List.of(
                    "What does Ann do for a living?",
                    "Ann works as a veterinary nurse in a clinic",
                    "Ann bought a lamp for the living room"),
            List.of(
                    "How does Ben get to work?",
                    "Ben takes the tram to the office every morning",
                    "Ben said that the printer does not work"),
            List.of(
                    "Which sports is Carla into?",
                    "Carla plays volleyball and goes climbing with friends",
                    "Carla bought a sports bag"),
            List.of(
                    "What pets does Dan have?",
                    "Dan adopted a kitten from the shelter",
                    "Dan was told by the landlord that no pets are allowed"),
            List.of(
                    "What food must Eve avoid?",
                    "Eve is allergic to peanuts and shellfish",
                    "Eve sells food at the market"),
            List.of(
                    "What car does Finn drive?",
                    "Finn owns an old Volvo estate with a roof rack",
                    "Finn lost his hard drive on the train"),
            List.of(
                    "Where did Gina grow up?",
                    "Gina spent her childhood in a village near Porto",
                    "Gina wants the tomatoes to grow faster"),
            List.of(
                    "What instrument does Hugo play?",
                    "Hugo practises the cello for an hour each day",
                    "Hugo went to see a play in the theatre"));

    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void write() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        List<String> entries = new ArrayList<>();
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < CASES.size(); i++) {
            List<String> texts = CASES.get(i);
            queries.add("""
                    {"id": "%d", "user_id": "u", "query": "%s", "relevant": ["%d right"], "category": ""}""".formatted(i, texts.get(0), i));
            entries.add("""
                    {"user_id": "u", "key": "%d right", "value": "%s"}""".formatted(i, texts.get(1)));
            entries.add("""
                    {"user_id": "u", "key": "%d wrong", "value": "%s"}""".formatted(i, texts.get(2)));
        }
        Files.write(data.resolve("entries.jsonl"), entries);
        Files.write(data.resolve("queries.jsonl"), queries);
    }

    @Test
    void aModelPutsTheAnswerFirstWhereWordsAlonePutSomethingElse() throws IOException {
        List<Answered> byWords = SearchEvaluation.run(data, folder.resolve("words.db"));
        List<Answered> byMeaning = SearchEvaluation.run(data, folder.resolve("meaning.db"), TestAddOn.installed());

        assertThat(first(byWords)).as("by words").isZero();
        assertThat(first(byMeaning)).as("by meaning").isGreaterThanOrEqualTo(5);
    }

    private static long first(List<Answered> answered) {
        return IntStream.range(0, answered.size())
                .filter(i -> answered.get(i).ranking().indexOf(i + " right") == 0)
                .count();
    }
}
