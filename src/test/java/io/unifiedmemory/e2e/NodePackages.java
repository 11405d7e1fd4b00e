package io.unifiedmemory.e2e;

import io.unifiedmemory.harness.BuiltJar;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests use of npm, as {@code scripts/test} installs it. A missing package is an error, never a skip. */
final class NodePackages {

    private static final Path FOLDER = Path.of(BuiltJar.required("unified-memory.node"));

    private NodePackages() {}

    /** A script of src/test/node. */
    static Path script(String name) {
        return existing(FOLDER.resolve(name));
    }

    /** The reference memory server's main script. */
    static Path referenceServer() {
        return existing(FOLDER.resolve("node_modules/@modelcontextprotocol/server-memory/dist/index.js"));
    }

    /** The Node.js that the packages bring, newer than the one on the path may be. */
    static Path node22() {
        return existing(FOLDER.resolve("node_modules/.bin/node"));
    }

    /** A command of an installed package. */
    static Path command(String name) {
        return existing(FOLDER.resolve("node_modules/.bin").resolve(name));
    }

    private static Path existing(Path path) {
        if (!Files.exists(path)) {
            throw new AssertionError(path + " is missing: run scripts/test, or npm ci in " + FOLDER);
        }
        return path;
    }
}
