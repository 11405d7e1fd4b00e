package io.unifiedmemory.commands;

import io.unifiedmemory.meaning.ConfiguredModel;
import io.unifiedmemory.meaning.Meaning;
import io.unifiedmemory.meaning.MeaningOptions;
import io.unifiedmemory.meaning.MeaningWork;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVectors;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The model that the options name, made when the first search asks for it: most sessions begin without one. Thread-safe. */
final class SearchMeaning implements QueryVectors, AutoCloseable {

    /** How often memories of a file are looked at that wait for their vectors; of a server, which costs more. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration LOOK_AT_SERVER = Duration.ofSeconds(5);

    private final MeaningOptions options;
    private final Duration loadPatience;
    private @Nullable Meaning meaning;
    private @Nullable MeaningWork work;

    /** The model of a server. */
    SearchMeaning(MeaningOptions options) {
        this(options, Duration.ZERO);
    }

    /** @param loadPatience how long the first search waits for the model to be loaded */
    SearchMeaning(MeaningOptions options, Duration loadPatience) {
        this.options = options;
        this.loadPatience = loadPatience;
    }

    @Override
    public QueryMeaning of(String query) {
        return options.enabled() ? meaning().of(query) : QueryMeaning.UNKNOWN;
    }

    private synchronized Meaning meaning() {
        Meaning made = meaning;
        if (made == null) {
            made = new Meaning(ConfiguredModel.source(options), options.patience(), loadPatience);
            meaning = made;
        }
        return made;
    }

    /** Begins to make vectors of the memories of a store, in the background. */
    synchronized void start(PrimaryStore store) {
        if (options.enabled() && work == null) {
            work = new MeaningWork(
                    meaning(), store.vectors(), store.leases(), store.isInProcess() ? LOOK : LOOK_AT_SERVER);
            work.start();
        }
    }

    /** What is the matter and what to do about it, in one line; null when nothing is known to be. */
    synchronized @Nullable String trouble() {
        String ofSearches = meaning == null ? null : meaning.trouble();
        if (ofSearches != null) {
            return "searches compare words alone, because the model does not work: " + ofSearches;
        }
        String ofMemories = work == null ? null : work.trouble();
        return ofMemories == null ? null : "new memories are found by their words alone for now: " + ofMemories;
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
