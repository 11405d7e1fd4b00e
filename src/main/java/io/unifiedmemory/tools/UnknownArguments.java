package io.unifiedmemory.tools;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that a tool does not have. Those that clients add to every call are ignored. A misspelt one is refused,
 * because what it says would be lost. One that hopes for a feature is ignored and named in the reply, but refused where
 * it may have been meant to spare something from being deleted. Stateless.
 */
final class UnknownArguments {

    /** Names by which clients and frameworks number and comment their calls; they say nothing about what is asked. */
    private static final Set<String> OF_CALLS = Set.of(
            "toolcallid",
            "callid",
            "requestid",
            "messageid",
            "traceid",
            "runid",
            "randomstring",
            "dummy",
            "noargs",
            "toolname",
            "toolsummary",
            "toolaction",
            "explanation",
            "reasoning",
            "thought",
            "waitforprevious",
            "waitforprevioustools",
            "progresstoken");

    /** Say where the call comes from; beside a delete of many they might be meant to narrow it down. */
    private static final Set<String> OF_CONVERSATIONS = Set.of(
            "sessionid",
            "sessionkey",
            "conversationid",
            "threadid",
            "chatid",
            "taskid",
            "chatinput",
            "action",
            "securitycontext");

    /** A word of these in its name makes an argument one that selects, or sets a condition. */
    private static final Set<String> SELECTING = Set.of(
            "key",
            "keys",
            "id",
            "ids",
            "name",
            "names",
            "prefix",
            "pattern",
            "glob",
            "regex",
            "filter",
            "where",
            "query",
            "match",
            "tag",
            "tags",
            "type",
            "category",
            "metadata",
            "value",
            "before",
            "after",
            "since",
            "until",
            "older",
            "newer",
            "than",
            "age",
            "days",
            "date",
            "from",
            "to",
            "limit",
            "max",
            "min",
            "count",
            "first",
            "last",
            "all",
            "only",
            "except",
            "exclude",
            "include",
            "keep",
            "if",
            "unless",
            "when",
            "version",
            "dry",
            "run",
            "preview",
            "simulate",
            "test",
            "confirm",
            "confirmed",
            "force",
            "soft",
            "archive",
            "undo");

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})");

    /** Shorter names than that resemble too many others. */
    private static final int SHORTEST = 3;

    /** How many names a reply repeats. */
    private static final int MOST_SAID = 20;

    private UnknownArguments() {}

    /** Refuses a name that is nearly one of the {@code known}: what it says would be lost. */
    static void refuseMisspelt(String name, Collection<?> known) {
        if (isOfClient(name)) {
            return;
        }
        for (Object each : known) {
            if (resembles(name, String.valueOf(each))) {
                throw Arguments.rejected("unknown argument " + Arguments.shown(name) + "; did you mean " + each + "?");
            }
        }
    }

    /** Refuses a delete with an argument that might have been meant to spare something. */
    static void refuseSparing(List<String> unknown, boolean many) {
        for (String name : unknown) {
            if (many
                    ? !isOfCall(name)
                    : !isOfClient(name) && words(name).stream().anyMatch(SELECTING::contains)) {
                throw Arguments.rejected("unknown argument " + Arguments.shown(name)
                        + ": nothing was deleted, because it may have been meant to spare something; leave it out");
            }
        }
    }

    /** Those that no client adds by itself, so that their sender must learn that they had no effect; null if none. */
    static @Nullable List<String> worthSaying(List<String> unknown) {
        List<String> worth = unknown.stream()
                .filter(name -> !isOfClient(name))
                .map(Arguments::shortName)
                .limit(MOST_SAID)
                .toList();
        return worth.isEmpty() ? null : worth;
    }

    private static boolean isOfClient(String name) {
        return isOfCall(name) || OF_CONVERSATIONS.contains(letters(name));
    }

    private static boolean isOfCall(String name) {
        return name.startsWith("_") || OF_CALLS.contains(letters(name));
    }

    private static boolean resembles(String name, String known) {
        String letters = letters(name);
        String others = letters(known);
        if (letters.length() < SHORTEST) {
            return false;
        }
        List<String> words = words(name);
        List<String> otherWords = words(known);
        boolean part = otherWords.containsAll(words) || others.startsWith(letters);
        boolean more = others.length() > SHORTEST + 1 && words.containsAll(otherWords);
        return part || more || distance(letters, others) <= (others.length() <= SHORTEST + 1 ? 1 : 2);
    }

    private static List<String> words(String name) {
        return BETWEEN_WORDS
                .splitAsStream(name)
                .filter(word -> !word.isEmpty())
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String letters(String name) {
        return String.join("", words(name));
    }

    /** How many letters must be inserted, deleted, replaced or swapped with a neighbour; 3 for any larger number. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 2) {
            return 3;
        }
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return Math.min(3, last[b.length()]);
    }
}
