package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserFoldersTest {

    private static final Path DATABASE = Path.of("/data/memory.db");

    @ParameterizedTest
    @CsvSource({
        "Linux, /home/me/.local/share/unified-memory, /home/me/.cache/unified-memory",
        "FreeBSD, /home/me/.local/share/unified-memory, /home/me/.cache/unified-memory",
        "Mac OS X, /home/me/Library/Application Support/unified-memory, /home/me/Library/Caches/unified-memory",
        "Windows 11, /home/me/AppData/Local/unified-memory, /home/me/AppData/Local/unified-memory/cache"
    })
    void eachPlatformHasItsOwn(String os, String data, String cache) {
        UserFolders folders = new UserFolders(os, "/home/me", Map.of());
        assertThat(folders.data()).isEqualTo(Path.of(data));
        assertThat(folders.cache(DATABASE)).isEqualTo(Path.of(cache));
    }

    @Test
    void variablesOfThePlatformMoveThem() {
        UserFolders linux = new UserFolders("Linux", "/home/me", Map.of("XDG_DATA_HOME", "/d", "XDG_CACHE_HOME", "/c"));
        assertThat(linux.data()).isEqualTo(Path.of("/d/unified-memory"));
        assertThat(linux.cache(DATABASE)).isEqualTo(Path.of("/c/unified-memory"));
        UserFolders windows = new UserFolders("Windows 11", "/home/me", Map.of("LOCALAPPDATA", "/l"));
        assertThat(windows.data()).isEqualTo(Path.of("/l/unified-memory"));
        assertThat(windows.cache(DATABASE)).isEqualTo(Path.of("/l/unified-memory/cache"));
    }

    @Test
    void aRelativeFolderInSuchAVariableIsIgnored() {
        UserFolders folders = new UserFolders("Linux", "/home/me", Map.of("XDG_DATA_HOME", "d", "XDG_CACHE_HOME", "c"));
        assertThat(folders.data()).isEqualTo(Path.of("/home/me/.local/share/unified-memory"));
        assertThat(folders.cache(DATABASE)).isEqualTo(Path.of("/home/me/.cache/unified-memory"));
    }

    @Test
    void theCacheGoesWhereItsOwnVariableSays() {
        UserFolders folders = new UserFolders("Linux", "", Map.of("UNIFIED_MEMORY_CACHE", " /mine "));
        assertThat(folders.cache(DATABASE)).isEqualTo(Path.of("/mine"));
    }

    @Test
    void withoutAHomeFolderTheCacheIsBesideTheDatabase() {
        assertThat(new UserFolders("Linux", "", Map.of()).cache(DATABASE)).isEqualTo(Path.of("/data/cache"));
    }
}
