package io.unifiedmemory.meaning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The add-on as {@link AddOnInstaller} makes it, of the artifacts on the tests' class path; once for all tests. */
public final class TestAddOn {

    private static final AddOn INSTALLED = install();

    private TestAddOn() {}

    /** An add-on that nothing may change. */
    public static AddOn installed() {
        return INSTALLED;
    }

    private static AddOn install() {
        try {
            Path work = Files.createTempDirectory("add-on");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
            AddOn addOn = new AddOn(work.resolve("model"));
            new AddOnInstaller(addOn.folder(), line -> {}).copy(artifacts(Files.createDirectory(work.resolve("from"))));
            return addOn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the artifacts of the class path into a folder, without copying them. */
    static Path artifacts(Path folder) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1)) {
            Path jar = Path.of(entry);
            String name = String.valueOf(jar.getFileName());
            if (name.startsWith("onnxruntime-") || name.startsWith("langchain4j-embeddings-")) {
                Files.createSymbolicLink(folder.resolve(name), jar);
            }
        }
        return folder;
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
