package io.unifiedmemory.commands;

import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.install.ServerEntry;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where this program is, and how somebody else starts it. */
final class Program {

    /** Names the launcher that entries start, when it is not the one beside this jar: it is about to be put there. */
    static final String LAUNCHER = "UNIFIED_MEMORY_LAUNCHER";

    private Program() {}

    /**
     * The launcher that the environment names, or the one of the folder that this jar belongs to; for a jar that stands
     * alone the running Java with it.
     */
    static ServerEntry entry(Map<String, String> environment, Map<String, String> variables) {
        @Nullable String named = environment.get(LAUNCHER);
        if (named != null) {
            return new ServerEntry(named, List.of(), variables);
        }
        Path jar = jar();
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path launcher = jar.resolveSibling("../bin/unified-memory" + (windows ? ".cmd" : ""))
                .normalize();
        if (Files.exists(launcher)) {
            return new ServerEntry(launcher.toString(), List.of(), variables);
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ServerEntry(java, List.of("-jar", jar.toString()), withLocale(variables, java, jar, environment));
    }

    /**
     * A client may start it without a locale, in which Java opens no file whose name is outside ASCII; the launcher sees to
     * that by itself.
     */
    private static Map<String, String> withLocale(
            Map<String, String> variables, String java, Path jar, Map<String, String> environment) {
        Stream<String> names =
                Stream.concat(variables.values().stream(), Stream.of(java, jar.toString(), HomeFolder.of(environment)));
        if (File.separatorChar == '\\' || names.allMatch(name -> name.chars().allMatch(c -> c < 0x80))) {
            return variables;
        }
        Map<String, String> all = new TreeMap<>(variables);
        all.put("LC_ALL", "C.UTF-8");
        return all;
    }

    private static Path jar() {
        try {
            return Path.of(Program.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of this program is not a path", e);
        }
    }
}
