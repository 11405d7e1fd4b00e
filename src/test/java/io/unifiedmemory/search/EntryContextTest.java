package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryContextTest {

    private static final Instant CREATED = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant UPDATED = Instant.parse("2021-01-01T00:00:00Z");

    private static EntryContext of(Map<String, Object> metadata) {
        return EntryContext.of(new MemoryEntry("u", "k", "v", metadata, CREATED, UPDATED, HlcTimestamp.NONE));
    }

    private static EntryContext of(String name, Object value) {
        return of(Map.of(name, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session",
                "conversation",
                "thread",
                "chat",
                "dialog",
                "dialogue",
                "meeting",
                "episode",
                "interview",
                "call",
                "channel",
                "room"
            })
    void everyNameOfAConversationCountsWithAndWithoutAnEnding(String name) {
        String title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        for (String field : new String[] {
            name,
            title,
            "parent" + title,
            "the_" + name,
            name + "_id",
            name + "Name",
            name + "-number",
            name + " no",
            name + ".nr",
            name + "_num",
            name + "_key",
            name + "Uuid",
            name + "_index",
            name + "_title",
            name + "_ts",
            name + "_key_id",
            name + "id",
            name + "uuid"
        }) {
            assertThat(of(field, "one")).isEqualTo(new EntryContext("[" + field + "=one]", CREATED, ""));
            assertThat(of(field, 7).session()).isEqualTo("[" + field + "=7]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions", "chat_length", "roommate", "id", "name", "recall", "topic_id", "chatter"})
    void otherNamesAreNone(String field) {
        assertThat(of(field, "one")).isEqualTo(new EntryContext(null, CREATED, "one\n"));
    }

    @Test
    void severalTogetherNameOneConversationWhateverTheirOrder() {
        EntryContext context = of(Json.parseObject("{\"thread\": 2, \"channel\": \"c\", \"topic\": \"tea\"}"));

        assertThat(context).isEqualTo(new EntryContext("[channel=c, thread=2]", CREATED, "tea\n"));
        assertThat(of(Json.parseObject("{\"channel\": \"c\", \"thread\": 2, \"topic\": \"tea\"}")))
                .isEqualTo(context);
    }

    @Test
    void aConversationHasANameOrANumber() {
        assertThat(of(Json.parseObject(
                        "{\"session\": {\"title\": \"tea\", \"on\": true}, \"chat\": [\"a\", 1, null]}")))
                .isEqualTo(new EntryContext(null, CREATED, "tea\na\n1\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "date",
                "time",
                "datetime",
                "timestamp",
                "day",
                "when",
                "ts",
                "created",
                "createdat",
                "sent",
                "sentat",
                "said",
                "posted",
                "written",
                "recorded",
                "occurred",
                "occurredat",
                "happened",
                "happenedat"
            })
    void everyNameOfATimeCountsWithAndWithoutQualifiers(String name) {
        String title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        Instant time = Instant.parse("2023-05-07T00:00:00Z");
        for (String field : new String[] {
            name,
            title,
            name + "_at",
            name + "On",
            "event" + title,
            "message" + title,
            "msg_" + name,
            "start" + title,
            "started_" + name,
            name + "_of_event",
            name + "_utc",
            name + ".iso",
            "unix_" + name,
            "epoch_" + name,
            name + "_ms"
        }) {
            assertThat(of(field, "2023-05-07")).as(field).isEqualTo(new EntryContext(null, time, ""));
        }
    }

    /** But for "ts" at the end, under which some programs keep the number of the conversation itself. */
    @ParameterizedTest
    @ValueSource(strings = {"session", "conversation", "chat"})
    void theTimeOfAConversationIsATime(String conversation) {
        Instant time = Instant.parse("2023-05-07T00:00:00Z");

        assertThat(of(conversation + "_date", "2023-05-07")).isEqualTo(new EntryContext(null, time, ""));
        assertThat(of(conversation + "Started at time", "2023-05-07").time()).isEqualTo(time);
        assertThat(of(conversation + "_ts", "2023-05-07"))
                .isEqualTo(new EntryContext("[" + conversation + "_ts=2023-05-07]", CREATED, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"created_by", "due_date", "timezone", "birthday", "at", "on", "session_start_room"})
    void otherNamesAreNoTime(String field) {
        assertThat(of(field, "2023-05-07").time()).isEqualTo(CREATED);
    }

    @ParameterizedTest
    @CsvSource({
        "1683460560, 2023-05-07T11:56:00Z",
        "1683460560123, 2023-05-07T11:56:00.123Z",
        "' 1683460560 ', 2023-05-07T11:56:00Z",
        "1683460560.5, 2023-05-07T11:56:00Z",
        "100000000, 1973-03-03T09:46:40Z",
        "99999999999, 5138-11-16T09:46:39Z",
        "100000000000, 1973-03-03T09:46:40Z",
        "'1:56 pm on 8 May, 2023', 2023-05-08T13:56:00Z",
        "2023-05-07T13:56:00+02:00, 2023-05-07T11:56:00Z"
    })
    void timesAreReadFromTextsAndNumbers(String written, String time) {
        assertThat(of("date", written)).isEqualTo(new EntryContext(null, Instant.parse(time), ""));
        if (written.matches("\\d+")) {
            assertThat(of("date", Long.parseLong(written)).time()).isEqualTo(Instant.parse(time));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "99999999", "-1683460560", "soon", "May", ""})
    void whatIsNoTimeIsWordsLikeAllElse(String written) {
        assertThat(of("date", written)).isEqualTo(new EntryContext(null, CREATED, written + "\n"));
    }

    @Test
    void theFirstTimeCounts() {
        EntryContext context = of(Json.parseObject("{\"sent_at\": \"2023-05-07\", \"date\": \"2022-01-01\"}"));

        assertThat(context).isEqualTo(new EntryContext(null, Instant.parse("2023-05-07T00:00:00Z"), ""));
    }

    @Test
    void withoutATimeItIsThatOfTheFirstStore() {
        assertThat(of(Map.of()).time()).isEqualTo(CREATED);
        assertThat(EntryContext.of(new MemoryEntry("u", "k", "v", Map.of(), null, UPDATED, HlcTimestamp.NONE)))
                .isEqualTo(new EntryContext(null, UPDATED, ""));
        assertThat(EntryContext.of(new MemoryEntry("u", "k", "v", Map.of(), null, null, HlcTimestamp.NONE)))
                .isEqualTo(new EntryContext(null, null, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"speaker", "sender", "author", "from", "role", "participant", "by", "username", "said_by"})
    void whatSomebodySaidBelongsToItsDay(String who) {
        Instant time = Instant.parse("2023-05-07T23:30:00Z");
        assertThat(of(Map.of(who, "Ann", "date", "2023-05-07 23:30")))
                .isEqualTo(new EntryContext("[day=2023-05-07]", time, "Ann\n"));
        assertThat(of(Map.of(who, "Ann", "date", "2023-05-07 23:30", "chat", 1)).session())
                .isEqualTo("[chat=1]");
        assertThat(of(who, "Ann")).isEqualTo(new EntryContext(null, CREATED, "Ann\n"));
    }
}
