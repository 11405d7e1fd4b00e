package io.unifiedmemory.meaning;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A jar of a Maven repository.
 *
 * @param sha256 in hexadecimal digits
 * @param bytes its size
 */
record Artifact(String group, String name, String version, String sha256, long bytes) {

    String file() {
        return name + "-" + version + ".jar";
    }

    /** Relative to the repository. */
    String path() {
        return group.replace('.', '/') + "/" + name + "/" + version + "/" + file();
    }

    /**
     * Checks a copy.
     *
     * @throws IOException when it is not the one that was published
     */
    void requireSame(Path copy) throws IOException {
        MessageDigest digest = newDigest();
        try (InputStream in = Files.newInputStream(copy)) {
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(sha256)) {
            throw new IOException(copy + " is not " + file() + " as it was published: its SHA-256 is " + found
                    + ", not " + sha256 + " (fetch it again; nothing was installed)");
        }
    }

    /** For SHA-256. */
    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
