package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathsTest {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HOME", "/home/me",
            "APPDATA", "/roaming",
            "DATA", "/data\r\n",
            "BROKEN", "/zo\uFFFD");

    private final FilePaths files = new FilePaths(ENVIRONMENT, "/home/me");

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            /a/m.db, /a/m.db
            ~/m.db, /home/me/m.db
            $HOME/m.db, /home/me/m.db
            ${HOME}/m.db, /home/me/m.db
            ${env:HOME}/m.db, /home/me/m.db
            $env:HOME/m.db, /home/me/m.db
            ${userHome}/m.db, /home/me/m.db
            ${NOPE:-/else}/m.db, /else/m.db
            %APPDATA%/m.db, /roaming/m.db
            $DATA/m.db, /data/m.db
            "/a b/m.db", /a b/m.db
            '~/m.db', /home/me/m.db
            ` /a/m.db\t`, /a/m.db
            file:///a/m.db, /a/m.db
            file:///a%20b/m.db, /a b/m.db
            file://localhost/a/m.db, /a/m.db
            file:/a/m.db, /a/m.db
            /a/cost$5/100%25.db, /a/cost$5/100%25.db
            /a/x$HOME.db, /a/x$HOME.db
            /a/file:x.db, /a/file:x.db
            /a/b/../m.db, /a/m.db
            """)
    void whatIsMeantIsExpanded(String text, String path) {
        assertThat(of(text)).isEqualTo(Path.of(path));
    }

    @Test
    void aRelativePathIsBelowTheWorkingDirectory() {
        assertThat(of("m.db")).isEqualTo(Path.of("m.db").toAbsolutePath());
        assertThat(of("./a:b.db")).isEqualTo(Path.of("a:b.db").toAbsolutePath());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            :memory:, memories that end with the process
            "", must name a file
            file:m.db, without a query
            file:m.db?mode=memory, without a query
            file:///a/m.db?mode=ro, without a query
            file://server/share/m.db, without a query
            FILE:///a/%zz, without a query
            jdbc:sqlite:/a/m.db, begins with jdbc:
            sqlite:///a/m.db, begins with sqlite:
            http://example.org/m.db, begins with http:
            /a/, must name a file
            /a/.., must name a file
            ., must name a file
            ~, must name a file
            ~anna/m.db, another user
            $NOPE/m.db, no NOPE
            ${NOPE}/m.db, no NOPE
            %NOPE%/m.db, no NOPE
            ${workspaceFolder}/m.db, ${workspaceFolder}
            ${input:db}, ${input:db}
            $BROKEN/m.db, BROKEN
            "/a/m.db, quotation mark
            """)
    void whatWouldMakeAFileOfAStrangeNameIsRefused(String text, String why) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("database ")
                .hasMessageContaining(why)
                .hasMessageEndingWith("(from here)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\0.db", "/a\nb.db", "/a\u007f.db", "/a\u0085.db", "/zo\uFFFD.db"})
    void whatNoFileCanBeCalledIsRefused(String text) {
        assertThatThrownBy(() -> of(text)).isInstanceOf(ConfigException.class);
    }

    /** An account that the system does not know has the home folder "?" for the JVM. */
    @ParameterizedTest
    @ValueSource(strings = {"?", "", "relative"})
    void aHomeFolderThatIsNotKnownIsRefusedWhereItIsNeeded(String home) {
        FilePaths homeless = new FilePaths(Map.of(), home);
        for (String text : new String[] {"~/m.db", "${HOME}/m.db", "$HOME/m.db", "${userHome}/m.db"}) {
            assertThatThrownBy(() -> homeless.of(text, "database", "here"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("home folder of this account is not known: set HOME");
        }
        assertThatThrownBy(() -> new UserFolders("Linux", home, Map.of()).data())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("UNIFIED_MEMORY_DB");
        assertThat(homeless.of("/a/m.db", "database", "here")).isEqualTo(Path.of("/a/m.db"));
        assertThat(new UserFolders("Linux", home, Map.of()).cache(Path.of("/a/m.db")))
                .isEqualTo(Path.of("/a/cache"));
    }

    @ParameterizedTest
    @EnumSource
    void everyOptionThatNamesAFileIsReadSo(Setting setting) {
        if (setting.isPath()) {
            Map<Setting, String> flags = new EnumMap<>(Map.of(setting, "jdbc:x"));
            if (setting == Setting.POSTGRES_PASSWORD_FILE) {
                flags.put(Setting.DATABASE, "postgresql://localhost/team");
            }
            ConfigLoader loader = new ConfigLoader(flags, Map.of(), "Linux", "/home/me");
            assertThatThrownBy(() -> {
                        Config config = loader.load();
                        assertThat(config.http().get()).isNotNull();
                        assertThat(config.access().get()).isNotNull();
                    })
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(setting.path() + " must be a path");
        }
    }

    private Path of(String text) {
        return files.of(text, "database", "here");
    }
}
