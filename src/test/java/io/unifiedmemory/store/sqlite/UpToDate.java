package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.index.PendingList;
import io.unifiedmemory.store.sqlite.index.SearchIndex;

/** Lets the search index take up what was written, where a test looks at the index itself. */
public final class UpToDate {

    private UpToDate() {}

    public static void bring(SqliteDatabase database) {
        PendingList pending = new PendingList(new SearchIndex());
        boolean more = true;
        while (more) {
            more = database.<Boolean>write(tx -> pending.step(tx, 16));
        }
    }
}
