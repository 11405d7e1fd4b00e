package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.search.meaning.VectorCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddOnTest {

    @TempDir
    Path folder;

    @Test
    void whatMeansTheSameIsMoreAlikeThanWhatDoesNot() {
        try (EmbeddingModel model = TestAddOn.installed().load()) {
            float[] query = model.ofQuery("what does she like to drink?");
            assertThat(alike(query, model.ofPassage("She prefers coffee without sugar")))
                    .isGreaterThan(alike(query, model.ofPassage("The deadline moved to Friday")));
            assertThat(alike(query, query)).isBetween(0.99, 1.01);
        }
    }

    @Test
    void aTextOfAnyLengthHasOneVectorWhichItsBeginningAloneDoesNotDecide() {
        try (EmbeddingModel model = TestAddOn.installed().load()) {
            float[] query = model.ofQuery("where does the ferry to the island leave?");
            String aside = "Nothing of note was said about any of that. ".repeat(60);
            assertThat(alike(query, model.ofPassage(aside + "The ferry to the island leaves from pier nine.")))
                    .isGreaterThan(alike(query, model.ofPassage(aside)));
            assertThat(model.ofPassage("")).hasSameSizeAs(query);
        }
    }

    @Test
    void anArtifactThatIsNotTheOnePublishedIsRefusedAndTheOldAddOnStays() throws IOException {
        Path from = Files.createDirectory(folder.resolve("from"));
        for (Path artifact : list(TestAddOn.artifacts())) {
            Files.write(from.resolve(artifact.getFileName()), new byte[] {1, 2, 3});
        }
        Path target = Files.createDirectory(folder.resolve("model"));
        Files.writeString(target.resolve("old"), "here");

        AddOnInstaller installer = new AddOnInstaller(target, line -> {});
        assertThatThrownBy(() -> installer.copy(from))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining("nothing was installed");
        assertThat(list(target)).containsExactly(target.resolve("old"));
        assertThat(list(folder)).as("nothing is left over").hasSize(2);
    }

    /** A repository on this machine that has the real artifacts, as Maven Central lays them out. */
    @Test
    void itIsDownloadedFromARepositoryThatHasTheArtifactsAndFromNoOther() throws Exception {
        Path from = TestAddOn.artifacts();
        HttpServer repository = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        repository.createContext("/maven2/", exchange -> {
            Path file = from.resolve(Path.of(exchange.getRequestURI().getPath()).getFileName());
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
            exchange.close();
        });
        repository.start();
        try {
            String address = "http://127.0.0.1:" + repository.getAddress().getPort();
            AddOn addOn = new AddOn(folder.resolve("model"));
            List<String> told = new ArrayList<>();
            AddOnInstaller installer = new AddOnInstaller(addOn.folder(), told::add);
            assertThatThrownBy(() -> installer.download(URI.create(address + "/elsewhere")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("status 404")
                    .hasMessageContaining("--from");
            assertThat(addOn.isThere()).isFalse();

            installer.download(URI.create(address + "/maven2"));
            assertThat(addOn.isThere()).isTrue();
            assertThat(told).anyMatch(line -> line.contains("24 MB"));
            assertThat(list(folder)).as("nothing is left over").hasSize(1);
        } finally {
            repository.stop(0);
        }
    }

    @Test
    void aFolderWithoutTheArtifactsIsToldWhereTheyAre() {
        assertThatThrownBy(() -> new AddOnInstaller(folder.resolve("model"), line -> {}).copy(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("onnxruntime-1.20.0.jar")
                .hasMessageContaining(AddOnInstaller.CENTRAL);
    }

    @Test
    void itIsThereOnceItIsInstalledAndGoesWhole() throws IOException {
        AddOn addOn = new AddOn(folder.resolve("model"));
        AddOnInstaller installer = new AddOnInstaller(addOn.folder(), line -> {});
        assertThat(addOn.isThere()).isFalse();
        assertThat(installer.remove()).isFalse();

        installer.copy(TestAddOn.artifacts());
        assertThat(addOn.isThere()).isTrue();
        assertThat(installer.remove()).isTrue();
        assertThat(Files.exists(addOn.folder())).isFalse();
    }

    @Test
    void aDamagedAddOnIsAnErrorThatSaysWhatToDo() throws IOException {
        Files.write(folder.resolve(AddOn.RUNTIME), new byte[] {1});
        assertThatThrownBy(() -> new AddOn(folder).load())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model install");
    }

    private static double alike(float[] query, float[] text) {
        return VectorCodec.product(query, VectorCodec.encode(text));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
