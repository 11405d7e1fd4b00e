package io.unifiedmemory.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the jar that the build made is started. */
public final class BuiltJar {

    private BuiltJar() {}

    /** Program and arguments; the JVM flags only save time. */
    public static List<String> command(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", path()));
        command.addAll(arguments);
        return command;
    }

    /** The Java that runs the tests. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public static String path() {
        return required("unified-memory.jar");
    }

    /** A system property that the build sets for integration tests, and the scripts for what they run. */
    public static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new AssertionError(
                    "system property " + property + " is not set: run this test through Maven, or by its script");
        }
        return value;
    }

    /** A process that nothing reaches of what the caller's environment configures for a real server. */
    public static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIFIED_MEMORY_"));
        builder.environment().remove("MEMORY_FILE_PATH");
        return builder;
    }
}
