package io.unifiedmemory.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments and the environment variables of this process as its caller wrote them. The JVM reads them in the encoding
 * of the locale. Clients start servers without one, and then everything outside ASCII is lost: two users would be one. So
 * where the system shows the bytes, those that are UTF-8 are read as that, whatever the locale says.
 *
 * @param arguments of the command line
 * @param environment a variable that nobody can read keeps {@link #LOST} in it: whoever uses it refuses it
 */
public record Invocation(List<String> arguments, Map<String, String> environment) {

    /** What the JVM puts in the place of bytes that it cannot read. */
    static final char LOST = '\uFFFD';

    private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
    private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

    /**
     * Reads this process's own bytes where what the JVM has made of them may be wrong.
     *
     * @throws ConfigException when an argument cannot be read
     */
    public static Invocation of(String[] arguments, Map<String, String> environment) {
        List<String> given = List.of(arguments);
        boolean utf8 = LocaleEncoding.isUtf8();
        return new Invocation(
                utf8 && given.stream().noneMatch(Invocation::isLossy) ? given : words(given),
                utf8 && environment.values().stream().noneMatch(Invocation::isLossy)
                        ? environment
                        : variables(environment));
    }

    /** Whether something in a text could not be read. */
    static boolean isLossy(String text) {
        return text.indexOf(LOST) >= 0;
    }

    private static List<String> words(List<String> given) {
        List<byte[]> bytes = parts(ARGUMENTS);
        // Before ours stand the program and the options of the JVM.
        int before = bytes.size() - given.size();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String text = before > 0 ? utf8(bytes.get(before + i)) : null;
            if (text == null && isLossy(given.get(i))) {
                throw new ConfigException(
                        "argument " + (i + 1) + " of the command line cannot be read: " + LocaleEncoding.remedy());
            }
            words.add(text == null ? given.get(i) : text);
        }
        return List.copyOf(words);
    }

    private static Map<String, String> variables(Map<String, String> given) {
        Map<String, String> variables = new HashMap<>(given);
        for (byte[] bytes : parts(ENVIRONMENT)) {
            String text = utf8(bytes);
            int equals = text == null ? -1 : text.indexOf('=');
            if (text != null && equals > 0) {
                variables.computeIfPresent(text.substring(0, equals), (name, old) -> text.substring(equals + 1));
            }
        }
        return Map.copyOf(variables);
    }

    /** The texts of a file that ends each with a zero; none where the system has no such file. */
    private static List<byte[]> parts(Path file) {
        List<byte[]> parts = new ArrayList<>();
        try {
            byte[] bytes = Files.readAllBytes(file);
            int start = 0;
            for (int end = 0; end < bytes.length; end++) {
                if (bytes[end] == 0) {
                    parts.add(Arrays.copyOfRange(bytes, start, end));
                    start = end + 1;
                }
            }
            return parts;
        } catch (IOException e) {
            return List.of();
        }
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
