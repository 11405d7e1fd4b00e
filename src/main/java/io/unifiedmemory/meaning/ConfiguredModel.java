package io.unifiedmemory.meaning;

/** The model that the options name. Stateless. */
public final class ConfiguredModel {

    private ConfiguredModel() {}

    /** Where it comes from; nothing is loaded yet. */
    public static ModelSource source(MeaningOptions options) {
        MeaningOptions.Server server = options.server();
        return server == null ? new AddOn(options.folder()) : new EmbeddingServer(server);
    }
}
