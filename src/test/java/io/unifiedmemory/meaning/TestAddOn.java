package io.unifiedmemory.meaning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The add-on as {@link AddOnInstaller} makes it, of the artifacts on the tests' class path; once for all tests. */
public final class TestAddOn {

    private static final Path WORK = work();
    private static final Path ARTIFACTS = linked();
    private static final AddOn INSTALLED = install();

    private TestAddOn() {}

    /** An add-on that nothing may change. */
    public static AddOn installed() {
        return INSTALLED;
    }

    /** A folder with the artifacts, from which an add-on can be installed. */
    public static Path artifacts() {
        return ARTIFACTS;
    }

    private static Path work() {
        try {
            Path work = Files.createTempDirectory("add-on");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
            return work;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AddOn install() {
        try {
            AddOn addOn = new AddOn(WORK.resolve("model"));
            new AddOnInstaller(addOn.folder(), line -> {}).copy(ARTIFACTS);
            return addOn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The artifacts of the class path, without copying them. */
    private static Path linked() {
        try {
            Path folder = Files.createDirectory(WORK.resolve("from"));
            String path = System.getProperty("java.class.path");
            for (String entry : path.split(System.getProperty("path.separator"), -1)) {
                Path jar = Path.of(entry);
                String name = String.valueOf(jar.getFileName());
                if (name.startsWith("onnxruntime-") || name.startsWith("langchain4j-embeddings-")) {
                    Files.createSymbolicLink(folder.resolve(name), jar);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
