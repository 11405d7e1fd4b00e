package io.unifiedmemory.config;

import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.unified.SlotOptions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every option that is a single value, with its names in the file, the environment and the command line. The three are
 * the same words: {@code sqlite.timeoutMs}, {@code UNIFIED_MEMORY_SQLITE_TIMEOUT_MS}, {@code --sqlite-timeout-ms}.
 */
// Types and defaults are immutable values, which the checker cannot see.
@SuppressWarnings("ImmutableEnumChecker")
public enum Setting {
    CONFIG("config", Type.PATH, null, "configuration file (JSON)"),
    DATABASE("database", "db", Type.PATH, null, "database file; default: memory.db in the user's data folder"),
    DEFAULT_USER("defaultUser", Type.TEXT, null, "whose memories a call without user_id is about"),
    LOG_LEVEL("logLevel", Type.choice("error", "warn", "info", "debug"), "warn", "how much is logged on stderr"),
    COMPATIBILITY_TOOLS("compatibilityTools", Type.FLAG, false, "offer remember_user_info and search_user_memory too"),
    SQLITE_ENABLED("sqlite.enabled", Type.FLAG, true, "keep memories in the local database"),
    SQLITE_PRIORITY(
            "sqlite.priority",
            Type.integer(0, 1000),
            SlotOptions.LOCAL.priority(),
            "reads ask the smallest priority first"),
    SQLITE_TIMEOUT_MS(
            "sqlite.timeoutMs",
            Type.integer(1, 600_000),
            (int) SlotOptions.LOCAL.timeout().toMillis(),
            "how long one call may take"),
    SQLITE_MAX_RETRIES(
            "sqlite.maxRetries",
            Type.integer(0, 100),
            SlotOptions.LOCAL.maxRetries(),
            "how often a call that may succeed later is tried again"),
    SQLITE_SYNCHRONOUS(
            "sqlite.synchronous",
            Type.choice("normal", "full"),
            "normal",
            "full: a write also survives a loss of power, and is slower"),
    MAX_NAME_CHARS(
            "limits.maxNameChars",
            Type.integer(1, 512),
            Limits.DEFAULT.maxNameChars(),
            "longest user_id and key, in characters"),
    MAX_VALUE_BYTES(
            "limits.maxValueBytes",
            Type.integer(1, Limits.DEFAULT.maxValueBytes()),
            Limits.DEFAULT.maxValueBytes(),
            "largest value, in UTF-8 bytes"),
    MAX_METADATA_BYTES(
            "limits.maxMetadataBytes",
            Type.integer(2, Limits.DEFAULT.maxMetadataBytes()),
            Limits.DEFAULT.maxMetadataBytes(),
            "largest metadata, in bytes of JSON"),
    MAX_LIMIT("limits.maxLimit", Type.integer(1, 10_000), Limits.DEFAULT.maxLimit(), "largest limit of a search"),
    MAX_REPLY_CHARS(
            "limits.maxReplyChars",
            Type.integer(1_000, 10_000_000),
            Limits.DEFAULT.maxReplyChars(),
            "how many characters a search or listing returns before it ends with a cursor");

    private static final String LIMITS = "limits.";

    private final String path;
    private final String shortName;
    private final Type type;
    private final @Nullable Object absent;
    private final String help;

    Setting(String path, Type type, @Nullable Object absent, String help) {
        this(path, dashed(path), type, absent, help);
    }

    Setting(String path, String shortName, Type type, @Nullable Object absent, String help) {
        this.path = path;
        this.shortName = shortName;
        this.type = type;
        this.absent = absent;
        this.help = help;
    }

    /** The name in the file; a dot leads into an object. */
    public String path() {
        return path;
    }

    /** The name on the command line. */
    public String flag() {
        return "--" + shortName;
    }

    /** The name in the environment. */
    public String variable() {
        return "UNIFIED_MEMORY_" + shortName.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** What it does, in a few words. */
    public String help() {
        return help;
    }

    /** What it accepts, for people. */
    public String accepts() {
        return type.accepts();
    }

    /** What holds when nobody says otherwise; null when that is nothing or depends on the machine. */
    public @Nullable Object absent() {
        return absent;
    }

    /** Whether its value is a path. */
    public boolean isPath() {
        return type.equals(Type.PATH);
    }

    /** Whether the flag may stand alone, meaning true. */
    boolean isSwitch() {
        return type.equals(Type.FLAG);
    }

    Type type() {
        return type;
    }

    static Optional<Setting> byFlag(String flag) {
        return Arrays.stream(values())
                .filter(setting -> setting.flag().equals(flag))
                .findFirst();
    }

    static Optional<Setting> byPath(String path) {
        return Arrays.stream(values())
                .filter(setting -> setting != CONFIG && setting.path.equals(path))
                .findFirst();
    }

    private static String dashed(String path) {
        StringBuilder dashed = new StringBuilder();
        // Without regular expressions, which would be loaded at every start for this alone.
        for (char c :
                path.substring(path.startsWith(LIMITS) ? LIMITS.length() : 0).toCharArray()) {
            dashed.append(c == '.' || Character.isUpperCase(c) ? "-" : "");
            dashed.append(c == '.' ? "" : Character.toLowerCase(c));
        }
        return dashed.toString();
    }
}
