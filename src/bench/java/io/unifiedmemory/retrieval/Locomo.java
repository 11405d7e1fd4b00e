package io.unifiedmemory.retrieval;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Writes the ten conversations of LoCoMo as a data folder for {@link SearchEvaluation}: each turn a memory, each
 * conversation a user, the evidence of a question its relevant memories. The file is {@code data/locomo10.json} of
 * github.com/snap-research/locomo (Maharana and others, ACL 2024; CC BY-NC 4.0, so it is not part of this project).
 *
 * <p>The description of a picture belongs to the text of its turn. Turns of a session follow each other in half a
 * minute. Evidence that names no turn is left out; a question without any is not asked.
 */
public final class Locomo {

    private static final List<String> CATEGORIES =
            List.of("", "multi-hop", "temporal", "open-domain", "single-hop", "adversarial");

    private static final Pattern TURN = Pattern.compile("D:?(\\d+):(\\d+)");
    private static final Duration BETWEEN_TURNS = Duration.ofSeconds(30);

    private static final DateTimeFormatter SESSION_TIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("h:mm a 'on' d MMMM, yyyy")
            .toFormatter(Locale.ENGLISH);

    private Locomo() {}

    /** Arguments: the folder to write into, and {@code locomo10.json}. */
    public static void main(String[] arguments) throws IOException {
        List<String> entries = new ArrayList<>();
        List<String> queries = new ArrayList<>();
        for (JsonNode conversation : Json.mapper().readTree(Files.readString(Path.of(arguments[1])))) {
            String user = conversation.path("sample_id").asString();
            Set<String> turns = new TreeSet<>();
            JsonNode sessions = conversation.path("conversation");
            for (int session = 1; sessions.has("session_" + session); session++) {
                turns.addAll(write(user, "session_" + session, sessions, entries));
            }
            int number = 0;
            for (JsonNode question : conversation.path("qa")) {
                queries.add(Json.write(query(user, number++, question, turns)));
            }
        }
        Files.write(Path.of(arguments[0], "entries.jsonl"), entries);
        Files.write(Path.of(arguments[0], "queries.jsonl"), queries);
    }

    /** Returns the keys. */
    private static List<String> write(String user, String session, JsonNode sessions, List<String> entries) {
        Instant time = LocalDateTime.parse(sessions.path(session + "_date_time").asString(), SESSION_TIME)
                .toInstant(ZoneOffset.UTC);
        List<String> keys = new ArrayList<>();
        for (JsonNode turn : sessions.path(session)) {
            String picture = turn.path("blip_caption").asString("");
            String speaker = turn.path("speaker").asString();
            keys.add(turn.path("dia_id").asString());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("user_id", user);
            entry.put("key", turn.path("dia_id").asString());
            entry.put(
                    "value",
                    speaker + ": " + turn.path("text").asString("")
                            + (picture.isEmpty() ? "" : " [shared image: " + picture + "]"));
            entry.put("created_at", time.toString());
            entry.put("metadata", Map.of("speaker", speaker, "session", session));
            entries.add(Json.write(entry));
            time = time.plus(BETWEEN_TURNS);
        }
        return keys;
    }

    private static Map<String, Object> query(String user, int number, JsonNode question, Set<String> turns) {
        Set<String> relevant = new TreeSet<>();
        for (JsonNode evidence : question.path("evidence")) {
            for (Matcher turn = TURN.matcher(evidence.asString("")); turn.find(); ) {
                relevant.add("D" + turn.group(1) + ":" + turn.group(2));
            }
        }
        relevant.retainAll(turns);
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("id", user + "/" + number);
        query.put("user_id", user);
        query.put("query", question.path("question").asString());
        query.put("relevant", relevant);
        query.put("category", CATEGORIES.get(question.path("category").asInt()));
        return query;
    }
}
