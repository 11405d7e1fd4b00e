package io.unifiedmemory.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which project a folder belongs to, by a name that no other project has: the address of the Git repository that it came
 * from, which is the same on every machine; without one the absolute path of the repository, or of the folder itself.
 * Stateless.
 */
final class Project {

    private static final Pattern ORIGIN = Pattern.compile(
            "^\\s*\\[\\s*remote\\s+\"origin\"\\s*]\\s*$(?:\\R(?!\\s*\\[).*)*?\\R\\s*url\\s*=\\s*(\\S+)",
            Pattern.MULTILINE);

    /** {@code https://user:secret@host:port/path.git}, {@code ssh://...}, {@code git@host:path}; not {@code file:}. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?!(?i:file):)(?:\\w[\\w+.-]*://(?:[^@/]*@)?([^/:]+)(?::\\d+)?/"
                    + "|(?:[^@/:]+@)?([^/:\\\\]{2,}):(?!//)/?)(.+)");

    private static final long LARGEST_CONFIG = 1 << 20;

    private Project() {}

    /** The name of the project of a folder, which need not exist. */
    static String of(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        for (Path at = absolute; at != null; at = at.getParent()) {
            Path git = at.resolve(".git");
            if (Files.exists(git)) {
                String origin = origin(git);
                return origin == null ? path(at) : origin;
            }
        }
        return path(absolute);
    }

    private static String path(Path folder) {
        try {
            return folder.toRealPath().toString();
        } catch (IOException e) {
            return folder.toString(); // it is not there, or not ours to look at
        }
    }

    /** Where the repository came from, as {@code host/path}; null when that is not known. */
    private static @Nullable String origin(Path git) {
        try {
            Path config = common(git).resolve("config");
            if (!Files.isRegularFile(config) || Files.size(config) > LARGEST_CONFIG) {
                return null;
            }
            Matcher url = ORIGIN.matcher(Files.readString(config));
            return url.find() ? name(url.group(1)) : null;
        } catch (IOException | InvalidPathException e) {
            return null; // the path of the repository is a name, too
        }
    }

    /** The folder of what all work trees of a repository share. */
    private static Path common(Path git) throws IOException {
        if (Files.isDirectory(git)) {
            return git;
        }
        String line = Files.readString(git).strip();
        Path own = git.resolveSibling(line.replaceFirst("^gitdir:\\s*", "")).normalize();
        Path shared = own.resolve("commondir");
        return Files.exists(shared)
                ? own.resolve(Files.readString(shared).strip()).normalize()
                : own;
    }

    /** An address without protocol, user and password; null for a path on this machine. */
    static @Nullable String name(String url) {
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            return null;
        }
        String host = address.group(1) == null ? address.group(2) : address.group(1);
        String path = address.group(3).replaceFirst("(\\.git)?/*$", "");
        return host.toLowerCase(Locale.ROOT) + "/" + path;
    }
}
