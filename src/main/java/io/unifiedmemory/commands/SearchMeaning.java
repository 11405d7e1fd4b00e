package io.unifiedmemory.commands;

import io.unifiedmemory.meaning.AddOn;
import io.unifiedmemory.meaning.EmbeddingServer;
import io.unifiedmemory.meaning.Meaning;
import io.unifiedmemory.meaning.MeaningOptions;
import io.unifiedmemory.meaning.MeaningWork;
import io.unifiedmemory.meaning.ModelSource;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import org.jspecify.annotations.Nullable;

/** The model that the options name, made when the first search asks for it: most sessions begin without one. Thread-safe. */
final class SearchMeaning implements QueryVectors, AutoCloseable {

    private final MeaningOptions options;
    private @Nullable Meaning meaning;
    private @Nullable MeaningWork work;

    SearchMeaning(MeaningOptions options) {
        this.options = options;
    }

    /** What the options name. */
    static ModelSource source(MeaningOptions options) {
        MeaningOptions.Server server = options.server();
        return server == null ? new AddOn(options.folder()) : new EmbeddingServer(server);
    }

    @Override
    public @Nullable QueryVector of(String query) {
        return options.enabled() ? meaning().of(query) : null;
    }

    private synchronized Meaning meaning() {
        Meaning made = meaning;
        if (made == null) {
            made = new Meaning(source(options), options.patience());
            meaning = made;
        }
        return made;
    }

    /** Begins to make vectors of the memories of a store, in the background. */
    synchronized void start(PrimaryStore store) {
        VectorStore vectors = store.vectors();
        if (options.enabled() && vectors != null && work == null) {
            work = new MeaningWork(meaning(), vectors, store.leases());
            work.start();
        }
    }

    @Override
    public synchronized void close() {
        if (work != null) {
            work.close();
        }
        if (meaning != null) {
            meaning.close();
        }
    }
}
