package io.unifiedmemory.retrieval;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes a data folder for {@link SearchEvaluation} of the kind that agents store: what a person says in one or two
 * sentences, beside an assistant's answers of some 4,000 characters which use the same words many times. The facts that
 * are asked for stand in the short messages only. The same seed writes the same folder.
 *
 * <p>It tells whether a ranking can live with lengths as different as these. It does not tell how well real questions are
 * answered: the sentences are made of few patterns.
 */
final class MixedLengths {

    private static final int EXCHANGES = 96;
    private static final int ANSWER_CHARS = 4_000;
    private static final Instant START = Instant.parse("2025-02-03T09:00:00Z");
    private static final long SECONDS_BETWEEN_MESSAGES = 1_800;
    private static final int EXCHANGES_IN_SESSION = 24;

    /** What the chats are about: for each, the parts of the project. */
    private static final List<List<String>> PROJECTS =
            List.of(words("""
                    ledger service, payment gateway, login page, message queue, search cluster, audit report, nightly import, \
                    mobile client, rate limiter, image store, feature toggle, backup script"""), words("""
                    kitchen floor, roof beam, bathroom tiles, garden wall, cellar stairs, front door, heating boiler, window \
                    frames, balcony railing, chimney, attic insulation, driveway"""), words("""
                    survey chapter, interview study, literature review, pilot experiment, reading group, conference talk, \
                    grant proposal, statistics course, field diary, advisor meeting, archive visit, appendix"""), words("""
                    guest list, wedding cake, photographer, string quartet, seating plan, florist, rehearsal dinner, marquee, \
                    invitation cards, honeymoon, dance lesson, shuttle bus"""), words("""
                    tempo run, swim session, knee brace, race entry, hill repeats, rowing machine, sleep log, protein shake, \
                    stretching routine, coach call, trail shoes, heart monitor"""));

    /** What a fact is about, as it is said and as it is asked for. */
    private static final List<String[]> ATTRIBUTES = List.of(
            new String[] {"the budget is now %d euros", "How much money is set aside for the %s?"},
            new String[] {"the deadline moved to the %dth", "What is the deadline for the %s?"},
            new String[] {"there are %d open points left", "How many open points are left on the %s?"},
            new String[] {"it took me %d hours this week", "How many hours did the %s take me?"},
            new String[] {"%d people are involved", "How many people are involved in the %s?"},
            new String[] {"we ordered %d pieces from the supplier", "How many pieces did we order for the %s?"},
            new String[] {"the first attempt failed after %d minutes", "After how many minutes did the %s fail?"},
            new String[] {"I compared %d offers before choosing", "How many offers did I compare for the %s?"});

    private static final List<String> OPENINGS = words("""
            I am still busy with, quick update on, can you help me with, I spent the morning on, I am thinking about, \
            my colleague asked about, before I forget it about""");

    private static final List<String> REQUESTS = words("""
            what would you do next?, could you suggest a plan?, please review my approach., how should I go on?, \
            any ideas?, can you write that down step by step?""");

    private static final List<String> VERBS = words("""
            check, plan, measure, compare, document, review, prepare, discuss, estimate, order, schedule, test, sketch, \
            adjust, record, simplify, replace, confirm, repeat, finish""");

    private static final List<String> THINGS = words("""
            budget, deadline, open points, hours, people, supplier, offers, pieces, attempt, minutes, risk, quality, cost, \
            order, schedule, result, detail, priority, decision, note, step, option, list, week, morning, money, question""");

    private static final List<String> ADJECTIVES = words("""
            careful, early, realistic, small, weekly, common, clear, useful, possible, open, written, short, cheap, final, \
            simple, typical, important, separate""");

    private static final List<String> PATTERNS = List.of(
            "First, %2$s the %4$s %3$s of the %1$s and %6$s every %5$s.",
            "A %4$s %3$s helps you to %2$s the %1$s before the next %5$s.",
            "For the %1$s it is %4$s to %2$s how many %3$s there are, and then to %6$s the %5$s.",
            "If the %3$s changes, %2$s the %5$s again; a %4$s %1$s needs it.",
            "Many people %2$s the %5$s too late, so %6$s the %3$s of your %1$s this week.",
            "Keep a %4$s %3$s, and %2$s it with the %5$s.",
            "In short: %2$s, %6$s, and a %4$s %5$s for the %1$s.",
            "You could also %6$s the %3$s and %2$s the %5$s, which is %4$s.");

    private final Random random;
    private final List<Map<String, Object>> entries = new ArrayList<>();
    private final List<Map<String, Object>> questions = new ArrayList<>();

    private MixedLengths(long seed) {
        random = new Random(seed);
    }

    /** Writes a folder with some of the chats. */
    static void write(Path folder, long seed, int chats) throws IOException {
        MixedLengths set = new MixedLengths(seed);
        for (int chat = 0; chat < chats; chat++) {
            set.addChat("chat-" + chat, PROJECTS.get(chat));
        }
        Files.write(
                folder.resolve("entries.jsonl"),
                set.entries.stream().map(Json::write).toList());
        Files.write(
                folder.resolve("queries.jsonl"),
                set.questions.stream().map(Json::write).toList());
    }

    /** Writes the folder that is named, with the seed that is named. */
    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]), Long.parseLong(arguments[1]), PROJECTS.size());
    }

    private static List<String> words(String list) {
        return List.of(list.split(", "));
    }

    private void addChat(String user, List<String> parts) {
        Map<String, List<String>> byFact = new LinkedHashMap<>();
        Map<String, List<String>> byPart = new LinkedHashMap<>();
        for (int exchange = 0; exchange < EXCHANGES; exchange++) {
            String part = any(parts);
            String[] attribute = any(ATTRIBUTES);
            String said = "%s the %s: %s, %s"
                    .formatted(any(OPENINGS), part, attribute[0].formatted(3 + random.nextInt(90)), any(REQUESTS));
            String key = add(user, exchange, "user", said);
            byFact.computeIfAbsent(attribute[1].formatted(part), fact -> new ArrayList<>())
                    .add(key);
            byPart.computeIfAbsent(part, each -> new ArrayList<>()).add(key);
            add(user, exchange, "assistant", answer(part));
        }
        byFact.forEach((fact, keys) -> ask(user, fact, keys, keys.size() > 1 ? "update" : "fact"));
        byPart.forEach((part, keys) -> ask(user, "What did I tell you about the " + part + "?", keys, "summary"));
    }

    private String add(String user, int exchange, String role, String text) {
        String key = "m" + entries.size();
        Instant time = START.plusSeconds(SECONDS_BETWEEN_MESSAGES * entries.size());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("user_id", user);
        entry.put("key", key);
        entry.put("value", text);
        entry.put("created_at", time.toString());
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("role", role);
        metadata.put("session", "s" + exchange / EXCHANGES_IN_SESSION);
        metadata.put("date", time.toString());
        entry.put("metadata", metadata);
        entries.add(entry);
        return key;
    }

    private void ask(String user, String question, List<String> relevant, String category) {
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("id", user + "/" + questions.size());
        asked.put("user_id", user);
        asked.put("query", question);
        asked.put("relevant", relevant);
        asked.put("category", category);
        questions.add(asked);
    }

    private String answer(String part) {
        StringBuilder answer = new StringBuilder("Here is how I would go on with the ")
                .append(part)
                .append(".");
        int length = ANSWER_CHARS / 2 + random.nextInt(ANSWER_CHARS);
        while (answer.length() < length) {
            answer.append(' ')
                    .append(any(PATTERNS)
                            .formatted(part, any(VERBS), any(THINGS), any(ADJECTIVES), any(THINGS), any(VERBS)));
        }
        return answer.toString();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
