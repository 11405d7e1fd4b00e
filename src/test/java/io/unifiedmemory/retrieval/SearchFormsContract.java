package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.search.Query;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One memory is found first, however it is asked for, and however its metadata names who, when and where. */
abstract class SearchFormsContract {

    private static final long START = 1_700_000_000_000L;
    private static final AtomicInteger USERS = new AtomicInteger();

    private final String user = "u" + USERS.incrementAndGet();
    private PrimaryStore backend;
    private int stored;

    /** A store that holds nothing of this test's user. */
    abstract PrimaryStore open();

    @BeforeEach
    void openStore() {
        backend = open();
    }

    @AfterEach
    void closeStore() {
        backend.close();
    }

    private void store(String key, String value, Map<String, Object> metadata) {
        Instant now = Instant.ofEpochMilli(START + stored++);
        backend.store(new MemoryEntry(user, key, value, metadata, now, now, HlcTimestamp.atMillis(now.toEpochMilli())));
    }

    private List<String> search(String query) {
        return backend.search(new SearchRequest(user, Query.of(query), 5)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Where did Olga buy her sailing boat?      | boat",
                "olga boat                                 | boat",
                "Olga bought a boat in the north           | boat",
                "sailboat harbour Kiel                     | boat",
                "bought boats                              | boat",
                "the boatt in Kiel                         | boat",
                "What is the database password?            | project.db.password",
                "db password                               | project.db.password",
                "favourite color of the user               | user-favorite-color",
                "favourite colour                          | user-favorite-color",
                "dark mode                                 | preferredEditorTheme",
                "which editor theme is preferred           | preferredEditorTheme",
                "editor theme                              | preferredEditorTheme",
                "How many espressos does he drink a day?   | coffee",
                "espreso                                   | coffee",
                "allerg                                    | allergy",
                "what is she allergic to                   | allergy",
                "allergies                                 | allergy",
                "Who repaired the roof?                    | roof",
                "repair roofs                              | roof",
                "wann war der Zahnarzt Termin              | termin",
                "Zahnarzttermin                            | termin",
                "dentist 7 May 2031                        | dentist",
                "What did the runner win?                  | race",
            })
    void asPeopleAsk(String query, String key) {
        store("boat", "Olga bought a second-hand sailing boat in the harbour of Kiel.", Map.of());
        store("project.db.password", "hunter2, rotated every month", Map.of());
        store("project.api.url", "https://api.example.org", Map.of());
        store("user-favorite-color", "teal", Map.of());
        store("preferredEditorTheme", "Solarized dark mode", Map.of());
        store("coffee", "He drinks three espressos every day, never after noon.", Map.of());
        store("allergy", "She is allergic to peanuts and penicillin.", Map.of());
        store("roof", "Yusuf fixed the leaking roof; the repair took two days.", Map.of());
        store("termin", "Der Zahnarzttermin ist am Montag um neun.", Map.of());
        store("dentist", "Dentist appointment on 7 May 2031 at nine.", Map.of());
        store("race", "The runner won the regional marathon in under three hours.", Map.of());
        store("noise", "The harbour festival has music, food and a market every year.", Map.of());
        store("noise2", "Colors of the autumn forest were lovely; we walked all day.", Map.of());

        assertThat(search(query)).first().isEqualTo(key);
    }

    /** Each query finds the one memory and not the other one, whose words look alike. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // compounds
                "unsere Versicherung       | Die Haftpflichtversicherung kostet 80 Euro. | Wir sind sicher im Winter.",
                "welche Versicherungen haben wir | Hausratversicherung bei der Alpina   | ein sicherer Ort",
                "wo ist das Krankenhaus    | Krankenhausaufenthalt im Mai               | Der Kranke war zu Hause.",
                "ein Wort                  | Das Kennwort steht im Tresor.              | Bitte um Antwort.",
                "onze verzekering          | De zorgverzekering loopt in mei af.        | Zekering kapot",
                "vår försäkring            | Hemförsäkring hos Alpina                   | Vi förstod det.",
                "meidän vakuutus           | Kotivakuutus on Alpinalla.                 | Se on vakuuttava.",
                "the sport she likes       | She likes sports on Sundays.               | Public transport in town.",
                // names in programs
                "where is the invoice header parsed | parseInvoiceHeader in billing     | The voice of the hedge",
                "fetchRemoteConfig         | call fetch_remote_config first             | refetched configurations",
                "fetch_remote_config now   | call fetchRemoteConfig first               | the fetcher",
                "remote config             | see fetch-remote-config.ts                 | reconfigured by radio",
                "http response parsing     | parseHTTPResponse throws                   | parsnips with honey",
                "settings of the java compiler | javaCompilerSettings are in build      | We write JavaScript.",
                // numbers
                "what costs 1299           | The laptop was $1,299.00.                  | The desk was $299.00.",
                "what costs $1,299.00      | The laptop was 1299 dollars.               | The desk was 1298 dollars.",
                "what costs 1.299,00 Euro  | Der Laptop: 1299                           | Das Pult: 299",
                "who has (555) 123-4567    | Ann: 555.123.4567                          | Bob: 555.123.4568",
                "who has +49 30 1234567    | Ann: 030/1234567                           | Bob: 030/1234568",
                "user 550e8400e29b41d4a716446655440000 | id 550e8400-e29b-41d4-a716-446655440000 | id 550e8400-e29b-41d4-a716-446655440001",
                "what is new in v2.3.1     | Release 2.3.1 has folders.                 | Release 2.3.10 has tags.",
                "what is new in 2.3.1      | Release v2.3.1 has folders.                | Release 12.3.1 has tags.",
                // without the apostrophe
                "what dont they eat        | They eat no fish.                          | dont",
                // stop words of other languages
                "was ist in der Garage     | Fahrrad: Garage                            | das ist der Rest in der Stadt",
                "où est la voiture de ma femme | Voiture: garage nord                   | la vie est de ma rue",
                "¿dónde está el coche de mi madre? | Coche: garaje norte                | la luz de mi vida",
            })
    void inCompanyAndNotWhatLooksAlike(String query, String found, String notFound) {
        store("one", found, Map.of());
        store("other", notFound, Map.of());

        assertThat(search(query)).containsExactly("one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "date            | 2023-05-07",
                "date            | 7 May 2023",
                "date            | 2023/05/07",
                "date            | May 7th, 2023",
                "session_date_time | 1:56 pm on 7 May, 2023",
                "timestamp       | 1683467760",
                "timestamp       | 1683467760000",
                "ts              | 1683467760.000200",
                "created_at      | 2023-05-07T13:56:00Z",
                "createdAt       | 2023-05-07 13:56:00+02:00",
                "messageTimestamp | 2023-05-07T13:56:00.123",
                "sent_at         | Sun, 07 May 2023 13:56:00 GMT",
            })
    void byWhen(String field, String time) {
        store("then", "We painted the kitchen.", Map.of(field, time));
        store("later", "We painted the kitchen again.", Map.of(field, "2024-11-20"));

        assertThat(search("What was painted in May 2023?")).first().isEqualTo("then");
        assertThat(search("painted 7 May")).first().isEqualTo("then");
        assertThat(search("painted on 2024-11-20")).first().isEqualTo("later");
    }

    /** Each is asked on Wednesday, 25 November 2026, at noon in Berlin. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "what did we paint today            | 2026-11-25 | 2026-11-24",
                "what did we paint yesterday        | 2026-11-24 | 2026-11-25",
                "was haben wir gestern gestrichen, paint | 2026-11-24 | 2026-11-23",
                "what did we paint 3 days ago       | 2026-11-22 | 2026-11-23",
                "paint vor zwei Wochen              | 2026-11-10 | 2026-11-17",
                "what did we paint last week        | 2026-11-16 | 2026-11-15",
                "what did we paint last week        | 2026-11-22 | 2026-11-23",
                "what did we paint on Wednesday     | 2026-11-18 | 2026-11-19",
                "what did we paint last Monday      | 2026-11-23 | 2026-11-16",
                "what did we paint last month       | 2026-10-31 | 2026-11-01",
                "what did we paint in spring        | 2026-05-31 | 2026-06-01",
                "what did we paint last winter      | 2026-02-28 | 2026-03-01",
                "what did we paint on 25.11.2026    | 2026-11-25 | 2026-11-20",
                "what did we paint on 11/25/2026    | 2026-11-25 | 2026-11-20",
                "what did we paint on 25/11/2026    | 2026-11-25 | 2026-11-20",
            })
    void byWhenAsPeopleSayIt(String query, String then, String notThen) {
        store("then", "Did paint the kitchen.", Map.of("date", then));
        store("not then", "Did paint the kitchen.", Map.of("date", notThen));

        assertThat(searchFromBerlin(query)).first().isEqualTo("then");
    }

    private List<String> searchFromBerlin(String query) {
        Query asked = Query.of(query, Instant.parse("2026-11-25T11:00:00Z"), () -> ZoneId.of("Europe/Berlin"));
        return backend.search(new SearchRequest(user, asked, 5)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Dentist tomorrow at nine            | dentist on 25.11.2026        ",
                "Dentist tomorrow at nine            | dentist 25 November          ",
                "Dentist tomorrow at nine            | the dentist today            ",
                "We saw the dentist 2 days ago       | dentist on November 22, 2026 ",
                "The dentist will see us next Friday | dentist 2026-11-27           ",
                "The dentist is on 7 May 2027        | dentist 07.05.2027           ",
                "The dentist is on 5/7/2027          | dentist 7 May 2027           ",
                "The dentist is next month           | dentist in December 2026     ",
            })
    void whatAMemorySaysOfATimeIsMeantFromItsOwnDate(String value, String query) {
        store("then", value, Map.of("date", "2026-11-24"));
        store("before", value.replaceFirst("7 May 2027|5/7/2027", "2 June 2026"), Map.of("date", "2025-02-03"));

        assertThat(searchFromBerlin(query)).first().isEqualTo("then");
    }

    @Test
    void timesAsNumbersAreReadAndCountsAreNot() {
        store("then", "We painted the kitchen.", Map.of("time", 1_683_467_760L, "day", 5));
        store("later", "We painted the kitchen again.", Map.of("time", 1_732_060_800_000L, "day", 7));

        assertThat(search("painted in May 2023")).first().isEqualTo("then");
        assertThat(search("painted in November 2024")).first().isEqualTo("later");
        assertThat(search("painted in 1970")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"speaker", "author", "from", "sender", "role", "by", "user_name", "participants"})
    void byWho(String field) {
        store("b", "My holiday was in the mountains.", Map.of(field, "Boris"));
        store("o", "My holiday was in the mountains of the south.", Map.of(field, "Olga"));

        assertThat(search("Where was Olga's holiday?")).first().isEqualTo("o");
        assertThat(search("Where was Boris\u2019 holiday?")).first().isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource({
        "session",
        "session_id",
        "conversationId",
        "chat",
        "thread_ts",
        "dialogue-id",
        "parent_thread",
        "roomName",
        "day"
    })
    void anAnswerIsFoundByTheQuestionBeforeIt(String field) {
        for (int i = 0; i < 8; i++) {
            store("other" + i, "The violin of number " + i + " is for sale.", inConversation(field, 10 + i, "Boris"));
        }
        store("question", "How often do you practise the violin?", inConversation(field, 1, "Boris"));
        store("answer", "Three times a week, in the evening.", inConversation(field, 1, "Olga"));

        assertThat(search("How often does Olga practise?")).startsWith("answer");
    }

    /** Without a conversation's name, what people said on one day is one. */
    private static Map<String, Object> inConversation(String field, int number, String speaker) {
        return field.equals("day")
                ? Map.of("date", "2023-05-" + number, "speaker", speaker)
                : Map.of(field, "c" + number, "speaker", speaker);
    }

    @Test
    void aLongTextIsFoundByWhatItIsAbout() {
        String filler = "Minutes of the weekly meeting with budget, staff, travel and other points. ".repeat(30);
        store("long", filler + "The greenhouse heating will be replaced before winter. " + filler, Map.of());
        for (int i = 0; i < 20; i++) {
            store("short" + i, "Weekly meeting number " + i + " before the winter holidays.", Map.of());
        }

        assertThat(search("When is the heating of the greenhouse replaced?"))
                .first()
                .isEqualTo("long");
        assertThat(search("weekly meeting winter")).first().isNotEqualTo("long");
    }

    @Test
    void aStatementComesBeforeTheQuestionWithTheSameWords() {
        store("statement", "Olga collects old maps of the Baltic coast.", Map.of());
        store("question", "Does Olga collect old maps of the Baltic coast?", Map.of());

        assertThat(search("Which maps does Olga collect?")).containsExactly("statement", "question");
    }

    @Test
    void neighboursOfAHitAreFoundWithItsConversation() {
        for (int i = 0; i < 6; i++) {
            store("other" + i, "Nothing much, as always.", Map.of("session", i));
        }
        store("before", "I have news!", Map.of("session", "s"));
        store("hit", "We adopted a tortoise.", Map.of("session", "s"));
        store("behind", "She sleeps under the shed.", Map.of("session", "s"));

        assertThat(search("tortoise")).containsExactly("hit", "behind", "before");
    }
}
