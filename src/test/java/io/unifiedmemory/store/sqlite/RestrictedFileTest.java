package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Missing rights and a full disk, in processes of their own: without root's privileges, with a limit. Needs POSIX, and
 * {@code setpriv} when run by root; {@code prlimit}.
 */
class RestrictedFileTest {

    @TempDir
    Path folder;

    @Test
    void aReadOnlyFileCanBeReadAndIsWritableWhenTheRightIsGiven() throws Exception {
        List<String> results = results(withoutPrivileges(), "file-read-only");

        assertThat(results.get(0)).startsWith("retrieve: Found");
        assertThat(results.get(1)).isEqualTo("search: 2");
        assertThat(results.get(2)).startsWith("store: UNAVAILABLE").contains("can only be read", "right to write");
        assertThat(results.get(3)).startsWith("retrieve: Found");
        assertThat(results.get(4)).startsWith("store: Found");
    }

    @Test
    void readsGoOnWhenTheFileTurnsReadOnly() throws Exception {
        List<String> results = results(withoutPrivileges(), "file-turned-read-only");

        assertThat(results.get(0)).startsWith("store: Found");
        assertThat(results.get(1)).startsWith("retrieve: Found");
        assertThat(results.get(2)).startsWith("check: BackendStatus");
        assertThat(results.get(3)).startsWith("store: Found");
        assertThat(results.get(4)).startsWith("retrieve: Found");
    }

    @Test
    void aFolderWithoutTheRightToWriteIsUnavailableUntilItIsGiven() throws Exception {
        List<String> results = results(withoutPrivileges(), "folder-read-only");

        assertThat(results.get(0)).startsWith("store: UNAVAILABLE").contains("no right to write", "give this account");
        assertThat(results.get(1)).startsWith("store: Found");
    }

    @Test
    void aFileWithoutTheRightToReadIsUnavailableUntilItIsGiven() throws Exception {
        List<String> results = results(withoutPrivileges(), "file-unreadable");

        assertThat(results.get(0)).startsWith("store: UNAVAILABLE").contains("right to read and write");
        assertThat(results.get(1)).startsWith("store: Found");
    }

    @Test
    void aFullDiskIsReportedKeepsWhatWasAcknowledgedAndIsNoticedToHaveRoomAgain() throws Exception {
        List<String> results = results(List.of("sh", "-c", "ulimit -S -f 4096; exec \"$@\"", "sh"), "disk-full");

        assertThat(results.get(0)).startsWith("full: UNAVAILABLE").contains("disk");
        int acknowledged = Integer.parseInt(results.get(1).replace("acknowledged: ", ""));
        assertThat(acknowledged).isGreaterThan(10);
        assertThat(results.get(2)).isEqualTo("held: " + acknowledged);
        assertThat(results.get(3)).isEqualTo("up: false");
        assertThat(results.get(4)).isEqualTo("up: true");
        assertThat(results.get(5)).startsWith("store: Found");
    }

    private List<String> results(List<String> wrapper, String scenario) throws Exception {
        try (ChildJvm child = ChildJvm.start(wrapper, RestrictedMain.class, scenario, folder.toString())) {
            List<String> lines = child.awaitEnd();
            assertThat(child.exitCode()).as(() -> String.join("\n", lines)).isZero();
            return lines.stream()
                    .filter(line -> line.startsWith("result "))
                    .map(line -> line.replaceFirst("result ", ""))
                    .toList();
        }
    }

    /** Rights bind everybody but root; without these two capabilities they bind root as well. */
    private static List<String> withoutPrivileges() {
        return System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
                : List.of();
    }
}
