package io.unifiedmemory.memory.util;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The SHA-256 of texts in UTF-8, and of bytes. */
public final class Sha256 {

    private Sha256() {}

    /** The hash of the concatenated texts. */
    public static byte[] of(String... texts) {
        MessageDigest digest = digest();
        for (String text : texts) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
    }

    /** The hash of the concatenated bytes. */
    public static byte[] of(List<byte[]> parts) {
        MessageDigest digest = digest();
        parts.forEach(digest::update);
        return digest.digest();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The hash of a text in lower-case hexadecimal. */
    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }
}
