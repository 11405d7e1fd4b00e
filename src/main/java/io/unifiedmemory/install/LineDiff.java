package io.unifiedmemory.install;

import java.util.List;

/** The difference of two texts that differ in one place, as one hunk of the unified format. */
final class LineDiff {

    private static final int CONTEXT = 3;

    private LineDiff() {}

    static String of(String name, String before, String after) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        int shorter = Math.min(old.size(), now.size());
        int same = 0;
        while (same < shorter && old.get(same).equals(now.get(same))) {
            same++;
        }
        int tail = 0;
        while (tail < shorter - same && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        int from = Math.max(0, same - CONTEXT);
        int context = Math.min(tail, CONTEXT);
        StringBuilder diff = new StringBuilder("--- " + name + "\n+++ " + name + "\n");
        diff.append("@@ -%s +%s @@%n"
                .formatted(range(from, old.size() - tail + context), range(from, now.size() - tail + context)));
        append(diff, ' ', old.subList(from, same));
        append(diff, '-', old.subList(same, old.size() - tail));
        append(diff, '+', now.subList(same, now.size() - tail));
        append(diff, ' ', old.subList(old.size() - tail, old.size() - tail + context));
        return diff.toString();
    }

    /** First line and number of lines; an empty range names the line before it. */
    private static String range(int from, int to) {
        return (to == from ? from : from + 1) + "," + (to - from);
    }

    private static void append(StringBuilder diff, char mark, List<String> lines) {
        lines.forEach(line -> diff.append(mark).append(line).append('\n'));
    }
}
