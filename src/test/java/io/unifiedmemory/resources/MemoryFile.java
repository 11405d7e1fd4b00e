package io.unifiedmemory.resources;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the tests of resources work on: a memory in a file, and its callers. */
final class MemoryFile {

    static final Principal EVERYBODY = new Principal("admin", UserSet.ALL, Scope.READ_WRITE);
    static final Principal ALICE = principal("alice");
    static final Principal TWO = principal("alice", "carol");

    private MemoryFile() {}

    /** A reader of some users. */
    static Principal principal(String... users) {
        return new Principal("test", UserSet.of(Set.of(users)), Scope.READ);
    }

    /** Another process on the same file sees it like this. */
    static UnifiedMemory open(Path folder) {
        return UnifiedMemory.builder()
                .primary(
                        "sqlite",
                        new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))),
                        BackendOptions.LOCAL)
                .build();
    }

    /** Options of a server that tells its callers apart. */
    static ToolOptions options(@Nullable String defaultUser) {
        return new ToolOptions(Limits.DEFAULT, defaultUser, false, true);
    }
}
