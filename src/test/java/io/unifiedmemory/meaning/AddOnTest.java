package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.search.meaning.VectorCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddOnTest {

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

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
        Files.writeString(target.resolve(AddOn.VOCABULARY), "old");

        AddOnInstaller installer = new AddOnInstaller(target, line -> {});
        assertThatThrownBy(() -> installer.copy(from))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining("nothing was installed");
        assertThat(list(target)).containsExactly(target.resolve(AddOn.VOCABULARY));
        assertThat(list(folder)).as("nothing is left over").hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"diary.txt", "native/diary.txt", "LICENSE/diary.txt"})
    void aFolderWithAnythingElseIsNeitherReplacedNorRemoved(String name) throws IOException {
        Path target = folder.resolve("model");
        Path file = target.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "mine");
        Files.writeString(target.resolve(AddOn.VOCABULARY), "old");
        for (ThrowingCallable change : List.<ThrowingCallable>of(
                () -> installer().copy(TestAddOn.artifacts()), () -> installer().remove())) {
            assertThatThrownBy(change)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Path.of(name).getName(0).toString())
                    .hasMessageContaining("search.modelFolder");
            assertThat(file).hasContent("mine");
            assertThat(target.resolve(AddOn.VOCABULARY)).hasContent("old");
        }
        assertThat(list(folder)).as("nothing is left over").containsExactly(target);
    }

    @Test
    void theOldAddOnIsBackWhenTheNewOneCannotTakeItsPlace() throws IOException {
        Path target = Files.createDirectory(folder.resolve("model"));
        Files.writeString(target.resolve(AddOn.VOCABULARY), "old");
        try (WorkFolder work = WorkFolder.beside(target)) {
            assertThatThrownBy(() -> work.replaceTarget(work.path().resolve("missing")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(target.resolve(AddOn.VOCABULARY)).hasContent("old");
        assertThat(list(folder)).containsExactly(target);
    }

    @Test
    void whatAKilledInstallLeftGoesAndWhatIsInUseOrSomebodyElsesStays() throws IOException {
        Path target = folder.resolve("model");
        Path left = Files.createDirectory(folder.resolve("model.1"));
        Files.createFile(left.resolve(WorkFolder.LOCK));
        Files.createFile(left.resolve("onnxruntime-1.20.0.jar"));
        Path others = Files.createDirectory(folder.resolve("model.2"));
        try (WorkFolder first = WorkFolder.beside(target);
                WorkFolder second = WorkFolder.beside(target)) {
            assertThat(list(folder)).containsExactlyInAnyOrder(others, first.path(), second.path());
        }
        assertThat(list(folder)).containsExactly(others);
    }

    @Test
    void aNameThatLeadsOutOfTheFolderIsNoPart() throws IOException {
        RuntimeParts parts = RuntimeParts.of("Windows 11", "amd64");
        String libraries = "ai/onnxruntime/native/win-x64/";
        assertThat(parts.isOne(libraries + "onnxruntime.dll")).isTrue();
        assertThat(parts.isOne(libraries + "..\\..\\onnxruntime.dll")).isFalse();
        assertThat(parts.isOne(libraries + "C:onnxruntime.dll")).isFalse();
    }

    @Test
    void itIsDownloadedFromARepositoryThatHasTheArtifactsAndFromNoOther() throws Exception {
        try (Repository repository = new Repository(false)) {
            assertThatThrownBy(() -> installer().download(repository.address("elsewhere")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("status 404")
                    .hasMessageContaining("--from");
            assertThat(addOn().isThere()).isFalse();

            installer().download(repository.address("maven2"));
            assertThat(addOn().isThere()).isTrue();
            assertThat(told).anyMatch(line -> line.contains("whole files only"));
            assertThat(list(folder)).as("nothing is left over").hasSize(1);
        }
    }

    @Test
    void ofTheRuntimeOnlyWhatThisPlatformNeedsIsDownloadedWhereThatIsPossible() throws Exception {
        try (Repository repository = new Repository(true)) {
            installer().download(repository.address("maven2"));
            assertThat(repository.sent).hasValueLessThan(36_000_000);
        }
        assertThat(told).noneMatch(line -> line.contains("whole files only"));
        try (EmbeddingModel model = addOn().load()) {
            assertThat(model.ofQuery("tea")).hasSize(384);
        }
    }

    @Test
    void aPartThatIsNotTheOnePublishedIsRefused() throws Exception {
        try (Repository repository = new Repository(true)) {
            repository.falsifies = true;
            assertThatThrownBy(() -> installer().download(repository.address("maven2")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(list(folder)).as("nothing is left over").isEmpty();
    }

    /** The others' parts are never used here, and have checksums that may be wrong all the same. */
    @ParameterizedTest
    @CsvSource({"Linux,amd64", "Linux,aarch64", "Mac OS X,x86_64", "Mac OS X,aarch64", "Windows 11,amd64"})
    void thePartsOfEachPlatformAreThosePublished(String system, String processor) throws IOException {
        Path runtime = list(TestAddOn.artifacts()).stream()
                .filter(artifact -> artifact.getFileName().toString().startsWith("onnxruntime"))
                .findFirst()
                .orElseThrow();
        RuntimeParts.of(system, processor).take(runtime, folder);
        assertThat(list(folder.resolve(AddOn.NATIVE))).hasSize(2);
    }

    @Test
    void aPlatformWithoutARuntimeIsToldWhatElseThereIs() {
        assertThatThrownBy(() -> RuntimeParts.of("FreeBSD", "amd64"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("search.embeddingsUrl");
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

        Files.createDirectory(addOn.folder());
        Files.write(addOn.folder().resolve(AddOn.RUNTIME), new byte[] {1});
        Files.writeString(addOn.folder().resolve(AddOn.VOCABULARY), "[CLS]");
        assertThatThrownBy(addOn::load).isInstanceOf(ModelException.class);

        installer.copy(TestAddOn.artifacts());
        assertThat(addOn.isThere()).isTrue();
        try (EmbeddingModel model = addOn.load()) {
            assertThat(model.ofQuery("tea"))
                    .as("what failed once is tried anew")
                    .hasSize(384);
        }
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

    @Test
    void aDamagedVocabularyKeepsNoNetworkOpen() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        SentenceEncoder encoder = new SentenceEncoder() {
            @Override
            public float[] encode(long[] tokens) {
                return new float[] {1};
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        assertThatThrownBy(() -> new E5Model("m", List.of("[UNK]", "[CLS]"), encoder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("[SEP]");
        assertThat(closed).hasValue(1);

        Files.write(folder.resolve(AddOn.VOCABULARY), new byte[] {-1});
        assertThatThrownBy(() -> new AddOn(folder).load())
                .as("is read before the network")
                .hasCauseInstanceOf(CharacterCodingException.class);
    }

    private AddOn addOn() {
        return new AddOn(folder.resolve("model"));
    }

    private AddOnInstaller installer() {
        return new AddOnInstaller(addOn().folder(), told::add);
    }

    /** A repository on this machine that has the real artifacts, as Maven Central lays them out. */
    private static final class Repository implements AutoCloseable {

        private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

        private final HttpServer server;
        private final boolean givesParts;
        private final AtomicLong sent = new AtomicLong();
        private volatile boolean falsifies;

        Repository(boolean givesParts) throws IOException {
            this.givesParts = givesParts;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/maven2/", this::answer);
            server.start();
        }

        URI address(String path) {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
        }

        private void answer(HttpExchange exchange) throws IOException {
            Path file = TestAddOn.artifacts()
                    .resolve(Path.of(exchange.getRequestURI().getPath()).getFileName());
            String header = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(String.valueOf(header));
            try (RandomAccessFile artifact = new RandomAccessFile(file.toFile(), "r")) {
                boolean part = givesParts && range.matches();
                long from = part ? Long.parseLong(range.group(1)) : 0;
                long to = part ? Long.parseLong(range.group(2)) + 1 : artifact.length();
                byte[] bytes = new byte[(int) (to - from)];
                artifact.seek(from);
                artifact.readFully(bytes);
                if (falsifies && part && bytes.length > 1_000_000) {
                    bytes[bytes.length / 2] ^= 1;
                }
                sent.addAndGet(bytes.length);
                exchange.sendResponseHeaders(part ? 206 : 200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        }

        @Override
        public void close() {
            server.stop(0);
        }
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
