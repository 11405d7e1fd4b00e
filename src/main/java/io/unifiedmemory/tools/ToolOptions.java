package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Limits;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How the tools behave.
 *
 * @param limits how large arguments and results may be
 * @param defaultUser whose memories a call without {@code user_id} is about; null when every call must say so
 * @param compatibilityTools whether the tools of the two older systems are offered too
 * @param callersDiffer whether callers are told apart: a caller who may see one user only may then leave
 *     {@code user_id} out, and nobody is shown the default user
 * @param confirmDeleteAll whether a person is asked before everything about a user is deleted, where the client can ask
 * @param apps whether clients that show pages are offered one for what search and get_all find
 * @param zone whose days a query means that says "yesterday"; null for that of the system
 */
public record ToolOptions(
        Limits limits,
        @Nullable String defaultUser,
        boolean compatibilityTools,
        boolean callersDiffer,
        boolean confirmDeleteAll,
        boolean apps,
        @Nullable ZoneId zone) {

    /** What holds unless the configuration says otherwise. */
    public static final ToolOptions DEFAULT = new ToolOptions(Limits.DEFAULT, null, false, false);

    /** The options of a server that asks before it deletes everything, with the time zone of the system. */
    public ToolOptions(Limits limits, @Nullable String defaultUser, boolean compatibilityTools, boolean callersDiffer) {
        this(limits, defaultUser, compatibilityTools, callersDiffer, true, true, null);
    }

    /** The same options for a server that tells its callers apart. */
    public ToolOptions forDifferingCallers() {
        return new ToolOptions(limits, defaultUser, compatibilityTools, true, confirmDeleteAll, apps, zone);
    }
}
