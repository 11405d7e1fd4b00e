package io.unifiedmemory.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sources of the page: memories hold anybody's words, and none of them may become a part of the page itself. */
class PageSourcesTest {

    private static final Path WEB = Path.of("src/main/web");

    /** What would make a text a part of the page, or code. */
    private static final List<Pattern> FORBIDDEN = Stream.of(
                    "innerHTML",
                    "outerHTML",
                    "insertAdjacentHTML",
                    "createContextualFragment",
                    "document\\.write",
                    "\\beval\\b",
                    "new Function",
                    "srcdoc",
                    "javascript:",
                    // Anything from elsewhere; a namespace is only a name.
                    "https?://(?!www\\.w3\\.org/2000/svg|127\\.0\\.0\\.1:7411)")
            .map(Pattern::compile)
            .toList();

    /** Where a script could read it, and would find it for ever. */
    private static final Pattern KEPT_TOKEN = Pattern.compile("(?:local|session)Storage\\.setItem\\((?!USER|THEME)");

    @Test
    void noTextBecomesAPartOfThePage() throws IOException {
        Map<String, String> sources = sources();
        assertThat(sources).containsKeys("src/main/web/index.html", "src/main/web/src/text.tsx");
        sources.forEach((file, text) -> {
            FORBIDDEN.forEach(pattern -> assertThat(pattern.matcher(text).find())
                    .as("%s has %s", file, pattern)
                    .isFalse());
            assertThat(KEPT_TOKEN.matcher(text).find())
                    .as("%s keeps something", file)
                    .isFalse();
        });
    }

    @Test
    void theFirstFileHasNeitherScriptsNorStylesOfItsOwn() throws IOException {
        String start = Files.readString(WEB.resolve("index.html"));
        assertThat(start).doesNotContain("<style", "style=", " on").containsOnlyOnce("<script");
        assertThat(start).contains("<script type=\"module\" src=\"/src/main.tsx\"></script>");
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Path folder : List.of(WEB.resolve("src"), WEB.resolve("public"), WEB.resolve("index.html"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    sources.put(file.toString().replace('\\', '/'), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
