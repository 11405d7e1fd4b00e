package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory browser of the built jar in Chromium, as its owner, as one user, as a reader, and by its one-time link. */
class BrowserIT {

    /** What a phone on a bad line can bear. */
    private static final int MOST_BYTES = 150_000;

    private static final String PAGE = "io/unifiedmemory/page/";

    @TempDir
    private Path folder;

    @Test
    void aPersonSeesCorrectsAndForgetsWhatIsRemembered() throws Exception {
        Path database = folder.resolve("memory.db");
        String owner = token(database, "--all-users");
        String ben = token(database, "--user=ben");
        String reader = token(database, "--all-users", "--read-only");
        // A folder of its own: tokens lie beside the database, and this one is to ask for none.
        Path shared = Files.createDirectory(folder.resolve("team")).resolve("memory.db");
        try (HttpProcess team = HttpProcess.start(shared, "--calls-per-second=0", "--concurrent-calls=0");
                HttpProcess server = HttpProcess.start(database, options(team.base()))) {
            String[] browse = {
                "browse", "--no-open", "--db", database.toString(), "--default-user", "anna", "--history-days", "0"
            };
            Process own = Launch.jar(browse)
                    .builder()
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader printed = new BufferedReader(new InputStreamReader(own.getInputStream(), UTF_8))) {
                assertThat(printed.readLine()).isEqualTo("open this link, once:");
                String link = printed.readLine();
                Launch.Finished seen = Launch.of(
                                Path.of("node"),
                                NodePackages.script("browser.mjs").toString(),
                                server.base(),
                                owner,
                                ben,
                                reader,
                                link,
                                team.base())
                        .run();
                assertThat(seen.stderr()).isEmpty();
                assertThat(seen.stdout()).contains("a link that works once");
                assertThat(seen.exitCode()).isZero();
                assertThat(server.stderr()).doesNotContain(owner, "please report it");
            } finally {
                own.destroy();
                own.waitFor();
            }
        }
    }

    /** With an upstream that is down, and one that works. */
    private String[] options(String team) throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), """
                {"upstreams": {"laptop": {"type": "http", "url": "http://127.0.0.1:9/mcp", "contract": "unified",
                                          "timeoutMs": 500},
                               "team": {"type": "http", "url": "%s/mcp", "contract": "unified"}}}""".formatted(team));
        return new String[] {
            "--config",
            config.toString(),
            "--default-user",
            "anna",
            "--calls-per-second",
            "0",
            "--concurrent-calls",
            "0"
        };
    }

    @Test
    void thePageIsInTheJarAndSmall() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (ZipFile jar = new ZipFile(BuiltJar.path());
                GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            List<? extends ZipEntry> files = jar.stream()
                    .filter(file -> file.getName().startsWith(PAGE) && !file.isDirectory())
                    .toList();
            assertThat(files)
                    .extracting(ZipEntry::getName)
                    .contains(PAGE + "index.html", PAGE + "NOTICE.txt")
                    .as("one script and one style sheet of this build alone")
                    .hasSize(5);
            for (ZipEntry file : files) {
                try (InputStream in = jar.getInputStream(file)) {
                    in.transferTo(zip);
                }
            }
        }
        assertThat(zipped.size()).isLessThan(MOST_BYTES);
    }

    static String token(Path database, String... grants) {
        String[] arguments = new String[grants.length + 4];
        System.arraycopy(new String[] {"token", "create", "--db", database.toString()}, 0, arguments, 0, 4);
        System.arraycopy(grants, 0, arguments, 4, grants.length);
        return Launch.jar(arguments).run().stdout().strip();
    }
}
