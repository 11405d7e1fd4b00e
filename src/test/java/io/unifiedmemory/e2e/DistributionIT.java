package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is published for people to download. */
class DistributionIT {

    @TempDir
    private Path folder;

    @Test
    void theSameInputsGiveTheSameBytes() throws IOException {
        Path again = Distribution.build("again", "dist", "build-dist");
        assertThat(Distribution.names(again)).hasSize(4).isEqualTo(Distribution.names(Distribution.folder()));
        for (String name : Distribution.names(again)) {
            assertThat(Files.mismatch(again.resolve(name), Distribution.folder().resolve(name)))
                    .as(name)
                    .isEqualTo(-1);
        }
    }

    @Test
    void theSumsAreThoseOfTheFiles() throws IOException, NoSuchAlgorithmException {
        List<String> expected = new ArrayList<>();
        for (String name : Distribution.names(Distribution.folder())) {
            if (!name.equals("SHA256SUMS")) {
                byte[] bytes = Files.readAllBytes(Distribution.folder().resolve(name));
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
                expected.add(HexFormat.of().formatHex(sum) + "  " + name);
            }
        }
        assertThat(Files.readAllLines(Distribution.folder().resolve("SHA256SUMS")))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void bothArchivesHoldTheSameFiles() {
        Distribution.unpack(Distribution.archive(".tar.gz"), folder);
        Path other = folder.resolve("zip");
        Distribution.unpack(Distribution.archive(".zip"), other);
        Path program = folder.resolve("unified-memory-" + Distribution.version());
        Distribution.run(Launch.of(
                Path.of("diff"),
                "-r",
                program.toString(),
                other.resolve(program.getFileName()).toString()));
        assertThat(other.resolve(program.getFileName()).resolve("bin/unified-memory"))
                .isExecutable();
        assertThat(program.resolve("bin/unified-memory")).isExecutable();
        assertThat(program.resolve("install")).isExecutable();
    }

    /** What is in the jar is told by the jar, not by the bill of materials. */
    @Test
    void everyLibraryInTheJarHasItsLicenceAndIsOnTheBillOfMaterials() throws IOException {
        Distribution.unpack(Distribution.archive(".tar.gz"), folder);
        Path program = folder.resolve("unified-memory-" + Distribution.version());
        Set<String> libraries = librariesIn(program.resolve("lib/unified-memory-mcp.jar"));
        assertThat(libraries).anyMatch(name -> name.startsWith("sqlite-jdbc")).hasSizeGreaterThan(10);
        for (String library : libraries) {
            assertThat(Distribution.names(program.resolve("licenses").resolve(library)))
                    .as(library)
                    .anyMatch(name -> name.contains("LICENSE"))
                    .allSatisfy(name -> assertThat(
                                    program.resolve("licenses").resolve(library).resolve(name))
                            .isNotEmptyFile());
        }
        assertThat(program.resolve("licenses/mcp-core-2.1.0/LICENSE.txt"))
                .content()
                .contains("Copyright (c) 2");
        JsonNode bill = Json.mapper().readTree(Files.readString(program.resolve("sbom.cdx.json")));
        assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
        Set<String> listed = new TreeSet<>();
        bill.path("components")
                .forEach(component -> listed.add(component.path("name").asString() + "-"
                        + component.path("version").asString()));
        assertThat(listed).isEqualTo(libraries);
    }

    private static Set<String> librariesIn(Path jar) throws IOException {
        Set<String> classes;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            classes = classes(zip);
        }
        Set<String> libraries = new TreeSet<>();
        for (Path library : Distribution.libraries()) {
            try (ZipFile zip = new ZipFile(library.toFile())) {
                Set<String> own = classes(zip);
                if (own.stream().anyMatch(classes::contains)) {
                    libraries.add(library.getFileName().toString().replaceFirst("\\.jar$", ""));
                }
            }
        }
        return libraries;
    }

    private static Set<String> classes(ZipFile zip) {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(name ->
                        name.endsWith(".class") && !name.endsWith("module-info.class") && !name.startsWith("META-INF/"))
                .collect(Collectors.toSet());
    }
}
