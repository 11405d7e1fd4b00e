package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.tools.AccessControl;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memories of one user by time, as the store of record has them: any part of the list, the numbers of
 * each day, and tags.
 */
final class ChronicleQuestions {

    private static final int MOST = 500;

    /** More than a row of the list shows. */
    private static final int MOST_CHARS = 300;

    private static final int MOST_TAGS = 50;

    /** No place on earth is further from UTC. */
    private static final int MOST_MINUTES = 14 * 60;

    private final Chronicle chronicle;
    private final AccessControl access;
    private final Clock clock;

    ChronicleQuestions(Chronicle chronicle, AccessControl access, Clock clock) {
        this.chronicle = chronicle;
        this.access = access;
        this.clock = clock;
    }

    /** {@code limit} memories behind the {@code skip} newest, and how many there are in all. */
    Map<String, Object> newest(Map<String, Object> arguments, Principal caller) {
        String user = Address.user(arguments, caller, access);
        Chronicle.Part part = chronicle.newest(
                user,
                number(arguments, "skip", 0, Long.MAX_VALUE),
                (int) number(arguments, "limit", 1, MOST),
                MOST_CHARS,
                clock.instant());
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Chronicle.Line line : part.lines()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("key", line.key());
            json.put("value", line.beginning());
            if (line.updatedAt() != null) {
                json.put("updated_at", line.updatedAt().toString());
            }
            if (line.metadata().get("tags") instanceof List<?> tags) {
                json.put("tags", tags.stream().filter(String.class::isInstance).toList());
            }
            lines.add(json);
        }
        return Map.of("lines", lines, "total", part.total());
    }

    /** How many memories there are of each day, by a clock that is {@code east_minutes} ahead of UTC. */
    Map<String, Object> growth(Map<String, Object> arguments, Principal caller) {
        String user = Address.user(arguments, caller, access);
        Duration east = Duration.ofMinutes(number(arguments, "east_minutes", -MOST_MINUTES, MOST_MINUTES));
        List<Map<String, Object>> days = new ArrayList<>();
        for (Chronicle.Day day : chronicle.days(user, east, clock.instant())) {
            days.add(Map.of("day", day.day().toString(), "created", day.created(), "changed", day.changed()));
        }
        return Map.of("days", days);
    }

    /** What the memories are tagged with, the most frequent first. */
    Map<String, Object> tags(Map<String, Object> arguments, Principal caller) {
        List<Map<String, Object>> tags = new ArrayList<>();
        for (Chronicle.Tag tag : chronicle.tags(Address.user(arguments, caller, access), MOST_TAGS, clock.instant())) {
            tags.add(Map.of("tag", tag.tag(), "count", tag.memories()));
        }
        return Map.of("tags", tags);
    }

    private static long number(Map<String, Object> arguments, String name, long least, long most) {
        if (arguments.get(name) instanceof Number number && number.longValue() >= least && number.longValue() <= most) {
            return number.longValue();
        }
        throw RefusedQuestionException.wrong(name + " must be a number from " + least + " to " + most);
    }
}
