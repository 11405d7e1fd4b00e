package io.unifiedmemory.install;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of one file.
 *
 * @param file where it is
 * @param before what it says now; null when it does not exist
 * @param after what it is to say; null when it is not to exist
 * @param remark what there is to tell about it, without the file
 */
public record Change(
        Path file, @Nullable String before, @Nullable String after, String remark) {

    static Change none(Path file, @Nullable String text, String remark) {
        return new Change(file, text, text, remark);
    }

    /** Whether the file stays as it is. */
    public boolean isNone() {
        return before == null ? after == null : before.equals(after);
    }

    /** The lines that go and come, with three unchanged ones around, in the form of {@code diff -u}. */
    public String diff() {
        return LineDiff.of(file.toString(), before == null ? "" : before, after == null ? "" : after);
    }

    /**
     * Does it, at once or not at all. What was there before the first change is kept in a backup beside the file.
     *
     * @return the backup; null when none was made
     * @throws InstallException when it cannot be done
     */
    public @Nullable Path apply() {
        return isNone() ? null : ConfigurationFile.replace(this);
    }
}
