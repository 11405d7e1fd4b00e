package io.unifiedmemory.store.postgres.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    /** SHA-256 of each step. */
    private static final List<String> STEPS = List.of(
            "869072020a27e9247814298462970e976409d5f17b1f92416ab0a76c0551d184",
            "dbaaf9c3b17f659edaedc2af36d92ec80465dc8d524ee562a6e829577e0887b5",
            "1dbf5dacd78bd179d34bf646263f4fbeb8a93f7362204eb6c1cb071ed150b392",
            "bc5b1f1320a6c039b99a9e9e7f6c48626001ceb4bbe014c9113348d4099475f5",
            "9aba3b649b9b55595f60747c2b41ab49bf190a171ba14c86cabf469a7ec7d915");

    @Test
    void aReleasedStepIsNeverChanged() throws Exception {
        for (int i = 0; i < Migrations.steps().size(); i++) {
            assertThat(STEPS)
                    .as("a new step's checksum belongs here, so that it stays once it is released")
                    .hasSizeGreaterThan(i);
            assertThat(sha256(Migrations.steps().get(i)))
                    .as(
                            "when step %d was released, there are databases that have taken it as it was:"
                                    + " put its text back as it was and add a new step instead",
                            i + 1)
                    .isEqualTo(STEPS.get(i));
        }
        assertThat(Migrations.steps()).hasSameSizeAs(STEPS);
    }

    private static String sha256(String step) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(step.getBytes(StandardCharsets.UTF_8)));
    }
}
