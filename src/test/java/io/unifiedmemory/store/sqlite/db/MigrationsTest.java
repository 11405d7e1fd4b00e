package io.unifiedmemory.store.sqlite.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.store.sqlite.OldFile;
import io.unifiedmemory.store.sqlite.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    /** SHA-256 of each released step. */
    private static final List<String> RELEASED = List.of(
            "cb5bdffce0a04922f6b4165a140e86d63da71e5acd241365e0c0897740ee412c",
            "3ac3a2d0ff3fb093ac03c0a6146f9ab8310bfde242ce2071d7765b19439b7b1c",
            "c8a4ad1c6c5eb6a73a185d3371ff623180855a7930b33328f9c6dd83ab187bb4",
            "914b3c57f945e40bea889973af07393f0a232c13bc55474d0c5c20cd15dfadfc",
            "5a3410ea692e1a56e7df9a761fea21721167198bde1bc22da39769ab92fdbcd2",
            "76d8479a597ab715f8241e65bab61f3c7382dbd979c6e79e843292f37ca18ccd",
            "aed6b5103c5ee51583d194b83c7152895b0dc52553c40e6fa3c4931b837e94d0",
            "de7c2c14949a6ad6f805aa50d57625849805d9de5d2119ed465893d6c8a6d9ab",
            "059c1b8be36646d290d201200a61cdb3e7779363e161661eaab8ae5b9b57b9e1",
            "dad7af544bbf14232c1d0c98f5e4c100a14463ede9fd12c27b4946586795d572",
            "6d8cee54522d53481d43203e4cc4052f0eeff2108fb2998b4dc33d565599186a",
            "2de8299f03f8ba1d460a6be0a8b4253ca3f321e50718d69d1e33041e30624ce6");

    @TempDir
    Path folder;

    @Test
    void aReleasedStepIsNeverChanged() throws Exception {
        assertThat(Migrations.steps())
                .as("no step goes, and a new one's checksum belongs here, so that it stays once it is released")
                .hasSameSizeAs(RELEASED);
        for (int i = 0; i < RELEASED.size(); i++) {
            assertThat(sha256(Migrations.steps().get(i)))
                    .as(
                            "step %d was released, and there are files that have taken it as it was:"
                                    + " put its text back as it was and add a new step instead",
                            i + 1)
                    .isEqualTo(RELEASED.get(i));
        }
    }

    @Test
    void aNewFileHasTheSchemaThatIsWrittenDown() throws Exception {
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))) {
            assertThat(database.<String>read(SchemaText::of))
                    .as("what all steps lead to stands in schema.sql of the test resources")
                    .isEqualTo(SchemaText.frozen());
        }
    }

    @Test
    void aFileOfAnEarlierSchemaCountsAsTheOriginalUntilItIsPutBack() throws Exception {
        Path file = OldFile.copy(7, folder.resolve("memory.db"));
        Object compared = OldFile.rows(file, "SELECT at FROM comparison").get(0).get(0);
        Object used = OldFile.rows(file, "SELECT wall FROM clock").get(0).get(0);
        Path copy = Files.copy(file, folder.resolve("copy.db"));

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file))) {
            SqliteStore store = new SqliteStore(database);
            assertThat(store.comparisons().comparedMillis(OldFile.STRICT)).isEqualTo(compared);
            assertThat(store.comparisons().usedMillis()).isEqualTo(used);
            assertThat(store.comparisons().isRestored(OldFile.STRICT)).isFalse();
            assertThat(store.comparisons().isRestored("never compared")).isFalse();
        }
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(copy))) {
            SqliteStore store = new SqliteStore(database);
            assertThat(store.comparisons().isRestored(OldFile.STRICT)).isTrue();
            assertThat(store.comparisons().isRestored("never compared")).isTrue();
            assertThat(store.comparisons()
                            .note(OldFile.STRICT, 9000, store.comparisons().incarnation()))
                    .isTrue();
            assertThat(store.comparisons().isRestored(OldFile.STRICT)).isFalse();
            assertThat(store.comparisons().isRestored("never compared")).isTrue();
            assertThat(store.comparisons()
                            .note(OldFile.STRICT, 9500, store.comparisons().incarnation() - 1))
                    .as("of the file that was open before")
                    .isFalse();
            assertThat(store.comparisons().comparedMillis(OldFile.STRICT)).isEqualTo(9000);
        }
    }

    private static String sha256(String step) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(step.getBytes(StandardCharsets.UTF_8)));
    }
}
