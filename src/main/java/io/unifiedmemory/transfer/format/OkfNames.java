package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Sha256;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of files for users and keys that every file system takes, and that never lead elsewhere: small letters, digits, hyphens,
 * underscores and dots. A name that is not one by itself is made one and ends with a tilde and a hash, which no other has, so
 * that no two keys have the same file, not even where a file system ignores case. Stateless.
 */
final class OkfNames {

    private static final Pattern PART = Pattern.compile("[a-z0-9_][a-z0-9._-]{0,79}");
    private static final Pattern UNUSABLE = Pattern.compile("[^a-z0-9._-]+");
    private static final int MOST_CHARS = 180;
    private static final int MOST_OF_NAME = 60;
    private static final int HASH_CHARS = 12;

    /** Files with a meaning in the format (OKF v0.2, section 3.1), and devices of Windows. */
    private static final Set<String> RESERVED = Set.of("index", "log", "con", "prn", "aux", "nul");

    private static final Pattern DEVICE = Pattern.compile("(com|lpt)[0-9]");

    private OkfNames() {}

    /** The name of the folder of a user. */
    static String ofUser(String userId) {
        return isPart(userId) ? userId : hashed(userId);
    }

    /** The path of the file of a key, without its ending. */
    static String ofKey(String key) {
        boolean usable = key.length() <= MOST_CHARS;
        for (String part : key.split("/", -1)) {
            usable &= isPart(part);
        }
        return usable ? key : hashed(key);
    }

    private static boolean isPart(String part) {
        String stem = part.contains(".") ? part.substring(0, part.indexOf('.')) : part;
        return PART.matcher(part).matches()
                && !part.endsWith(".")
                && !part.endsWith(".md")
                && !RESERVED.contains(stem)
                && !DEVICE.matcher(stem).matches();
    }

    private static String hashed(String name) {
        String plain =
                UNUSABLE.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-").replaceAll("^[-.]+|[-.]+$", "");
        return plain.substring(0, Math.min(MOST_OF_NAME, plain.length())) + "~"
                + Sha256.hex(name).substring(0, HASH_CHARS);
    }
}
