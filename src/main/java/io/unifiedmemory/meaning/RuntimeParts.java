package io.unifiedmemory.meaning;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * What one platform needs of the jar of the ONNX Runtime: the classes, the libraries without what is for debuggers, the
 * notices. A sixteenth of the jar. Immutable.
 */
final class RuntimeParts {

    private static final String CLASSES = "ai/onnxruntime/";
    private static final String LIBRARIES = CLASSES + "native/";

    /** Names a file of one folder on every system: a backslash would lead out of it on Windows. */
    private static final String LIBRARY = "[\\w.-]+\\.(so|dylib|dll)";

    private static final Set<String> NOTICES = Set.of("ThirdPartyNotices.txt", "LICENSE");

    /** SHA-256 of the names and contents of the parts of each platform, in the order of the names. */
    private static final Map<String, String> CHECKSUMS = Map.of(
            "linux-x64", "9b1eeee040e0db8475c1159db823122a315773604b7cf85aa741fd171d58dd77",
            "linux-aarch64", "53be5047d68befbf20c67d685fe122f1f3fabd059a4f357ac76300695d3a6618",
            "osx-x64", "50d4994813cdac157f9f866027095cee19474f398ee4a9f8b60031552aebbd1f",
            "osx-aarch64", "2819f7a6dc26648bdb19ead6ffabc09e474e51cb1b8b4fb023b68c388345899f",
            "win-x64", "da0e5672a2d44b448f630e19753eec57afb9268ee50c53307fa2ce31644221c3");

    private final String platform;

    private RuntimeParts(String platform) {
        this.platform = platform;
    }

    /** Those of this platform. */
    static RuntimeParts ofThisPlatform() throws IOException {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** Those of a platform, as Java calls its system and its processor. */
    static RuntimeParts of(String system, String processor) throws IOException {
        String os = system.toLowerCase(Locale.ROOT);
        String arch = switch (processor.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> "x64";
            case "aarch64", "arm64" -> "aarch64";
            default -> processor;
        };
        String platform =
                (os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "osx" : os.startsWith("win") ? "win" : os)
                        + "-" + arch;
        if (!CHECKSUMS.containsKey(platform)) {
            throw new IOException("the model's runtime does not exist for " + system + " on " + processor
                    + ": name a server of embeddings instead (search.embeddingsUrl), or go on without (nothing was"
                    + " installed)");
        }
        return new RuntimeParts(platform);
    }

    /** Whether an entry of the jar is one of these parts. */
    boolean isOne(String entry) {
        return isClass(entry) || isLibrary(entry) || isNotice(entry);
    }

    private static boolean isClass(String entry) {
        return entry.startsWith(CLASSES) && entry.endsWith(".class");
    }

    private boolean isLibrary(String entry) {
        return entry.matches(LIBRARIES + platform + "/" + LIBRARY);
    }

    private static boolean isNotice(String entry) {
        return NOTICES.contains(entry);
    }

    /** Whether a file or folder of this name can be one that {@link #take} made. */
    static boolean isMade(String name) {
        return name.equals(AddOn.RUNTIME) || name.equals(AddOn.NATIVE) || isNotice(name);
    }

    /** Whether a file of this name can be one that {@link #take} made in the folder of the libraries. */
    static boolean isMadeLibrary(String name) {
        return name.matches(LIBRARY);
    }

    /**
     * Puts the parts into a folder: the classes as a jar, the libraries beside each other.
     *
     * @throws IOException also when they are not those that were published
     */
    void take(Path runtime, Path to) throws IOException {
        MessageDigest digest = Artifact.newDigest();
        Path natives = Files.createDirectory(to.resolve(AddOn.NATIVE));
        try (ZipFile jar = new ZipFile(runtime.toFile());
                ZipOutputStream classes = new ZipOutputStream(Files.newOutputStream(to.resolve(AddOn.RUNTIME)))) {
            List<? extends ZipEntry> parts = jar.stream()
                    .filter(entry -> isOne(entry.getName()))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (ZipEntry part : parts) {
                String name = part.getName();
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                if (isClass(name)) {
                    classes.putNextEntry(new ZipEntry(name));
                    copy(jar, part, new DigestOutputStream(classes, digest));
                    classes.closeEntry();
                } else {
                    String file = name.substring(name.lastIndexOf('/') + 1);
                    try (OutputStream out = Files.newOutputStream((isLibrary(name) ? natives : to).resolve(file))) {
                        copy(jar, part, new DigestOutputStream(out, digest));
                    }
                }
            }
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(CHECKSUMS.get(platform))) {
            throw new IOException(runtime.getFileName() + " does not hold what was published for " + platform
                    + ": the SHA-256 is " + found + ", not " + CHECKSUMS.get(platform)
                    + " (fetch it again; nothing was installed)");
        }
    }

    private static void copy(ZipFile jar, ZipEntry entry, OutputStream out) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
        }
    }
}
