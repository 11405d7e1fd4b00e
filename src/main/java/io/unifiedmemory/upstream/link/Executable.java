package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the program that a command names as a shell would, in the PATH of the child's own environment. The platform
 * would search the PATH of this process instead, and on Windows only for {@code .exe}, whereas {@code npx} is
 * {@code npx.cmd} there.
 */
final class Executable {

    private static final Logger LOG = LoggerFactory.getLogger(Executable.class);

    private final String pathSeparator;
    private final List<String> suffixes;

    private Executable(String pathSeparator, List<String> suffixes) {
        this.pathSeparator = pathSeparator;
        this.suffixes = suffixes;
    }

    static Executable ofThisPlatform() {
        return File.separatorChar == '\\'
                ? ofWindows(File.pathSeparator)
                : new Executable(File.pathSeparator, List.of(""));
    }

    static Executable ofWindows(String pathSeparator) {
        return new Executable(pathSeparator, List.of(".exe", ".cmd", ".bat", ".com", ""));
    }

    /**
     * The path of the program.
     *
     * @throws BackendException of kind {@code MISCONFIGURED} when there is none
     */
    String find(String command, Map<String, String> environment) {
        if (command.contains("/") || command.contains(File.separator)) {
            return inFolder("", command).orElseThrow(() -> missing(command + " is not an executable file"));
        }
        String path = environment.entrySet().stream()
                .filter(variable -> variable.getKey().equalsIgnoreCase("PATH"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
        return Stream.of(path.split(Pattern.quote(pathSeparator), -1))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> inFolder(folder, command).stream())
                .findFirst()
                .orElseThrow(() -> {
                    LOG.debug("{} is not in any folder of {}", command, path);
                    return missing("there is no program " + command + " on the PATH");
                });
    }

    private Optional<String> inFolder(String folder, String command) {
        return suffixes.stream()
                .map(suffix -> command + suffix)
                .filter(file -> isProgram(folder, file))
                .map(file -> folder.isEmpty() ? file : Path.of(folder, file).toString())
                .findFirst();
    }

    private static boolean isProgram(String folder, String file) {
        try {
            Path path = Path.of(folder, file);
            return Files.isRegularFile(path) && Files.isExecutable(path);
        } catch (InvalidPathException e) {
            return false; // a malformed part of the PATH holds no programs
        }
    }

    private static BackendException missing(String message) {
        return new BackendException(
                Kind.MISCONFIGURED,
                message,
                "programs started from a desktop lack the shell's PATH: give the command's full path, or PATH in env");
    }
}
