import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;

/**
 * Writes a folder with the licence texts and notices of every library in the jar: those that the library brings; where it
 * brings no licence, the one that its project publishes, which names the holder of the copyright; else the text that the
 * bill of materials has for it. Fails when a library has none.
 *
 * <p>Arguments: the bill of materials (CycloneDX JSON with licence texts), a file with the run-time class path, the folder,
 * and the folder with the licences of projects, as GROUP.txt.
 */
final class Licenses {

    /** At the top of a jar or anywhere below META-INF. */
    private static final Pattern TEXT =
            Pattern.compile("(?i)(?:META-INF/(?:.*/)?)?[^/]*(?:LICEN[CS]E|NOTICE|COPYING|AL2\\.0|LGPL2\\.1)[^/]*(?<!\\.class)");

    private static final Pattern LICENCE = Pattern.compile("(?i)(?:LICEN[CS]E|COPYING).*");

    private Licenses() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, JsonNode> components = new LinkedHashMap<>();
        for (JsonNode component : Json.mapper().readTree(Files.readString(Path.of(arguments[0]))).path("components")) {
            components.put(text(component, "name") + "-" + text(component, "version"), component);
        }
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        List<String> index = new ArrayList<>(List.of("The libraries in lib/unified-memory-mcp.jar and their licences.", ""));
        for (String jar : Files.readString(Path.of(arguments[1])).strip().split(Pattern.quote(System.getProperty("path.separator")))) {
            String library = Path.of(jar).getFileName().toString().replaceFirst("\\.jar$", "");
            JsonNode component = components.remove(library);
            if (component == null) {
                throw new IllegalStateException("the bill of materials does not know " + library);
            }
            index.add(library + ": " + collect(Path.of(jar), component, folder.resolve(library), Path.of(arguments[3])));
        }
        if (!components.isEmpty()) {
            throw new IllegalStateException("the class path does not have " + components.keySet());
        }
        index.subList(2, index.size()).sort(null);
        Files.write(folder.resolve("README.txt"), index);
    }

    private static String collect(Path jar, JsonNode component, Path folder, Path published) throws IOException {
        Files.createDirectories(folder);
        boolean licensed = false;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                if (!entry.isDirectory() && TEXT.matcher(entry.getName()).matches()) {
                    String name = Path.of(entry.getName()).getFileName().toString();
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.write(folder.resolve(name), in.readAllBytes());
                    }
                    licensed |= LICENCE.matcher(name).matches();
                }
            }
        }
        Path ofProject = published.resolve(text(component, "group") + ".txt");
        if (!licensed && Files.exists(ofProject)) {
            Files.copy(ofProject, folder.resolve("LICENSE.txt"));
            licensed = true;
        }
        List<String> names = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode license = choice.path("license");
            String name = choice.has("expression") ? text(choice, "expression") : text(license, license.has("id") ? "id" : "name");
            names.add(name);
            JsonNode content = license.path("text").path("content");
            if (!licensed && content.isString()) {
                Files.write(folder.resolve("LICENSE-" + name + ".txt"), Base64.getDecoder().decode(content.asString()));
            }
        }
        try (var files = Files.list(folder)) {
            if (names.isEmpty() || files.findAny().isEmpty()) {
                throw new IllegalStateException("no licence is known of " + jar);
            }
        }
        return String.join(" or ", names);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString();
    }
}
