package io.unifiedmemory.sqlite;

/** Lets the search index take up what was written, where a test looks at the index itself. */
final class UpToDate {

    private UpToDate() {}

    static void bring(SqliteDatabase database) {
        PendingList pending = new PendingList(new SearchIndex());
        boolean more = true;
        while (more) {
            more = database.<Boolean>write(tx -> pending.step(tx, 16));
        }
    }
}
