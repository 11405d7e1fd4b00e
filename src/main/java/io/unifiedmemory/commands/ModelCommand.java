package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.meaning.AddOn;
import io.unifiedmemory.meaning.AddOnInstaller;
import io.unifiedmemory.meaning.ConfiguredModel;
import io.unifiedmemory.meaning.EmbeddingModel;
import io.unifiedmemory.meaning.ModelException;
import io.unifiedmemory.meaning.ModelSource;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code model install|status|remove}: the add-on with the model by which searches also compare meanings. */
final class ModelCommand implements Command {

    private static final String FROM = "--from";
    private static final String REPOSITORY = "--repository";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "model",
                    "it takes install, with " + FROM + " FOLDER or " + REPOSITORY + " URL, or status, or remove")
            .withValue(FROM)
            .withValue(REPOSITORY);

    private static final int MEGABYTE = 1_000_000;

    private final String action;
    private final @Nullable Path from;
    private final URI repository;

    ModelCommand(List<String> arguments, Map<String, String> environment) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        action = parsed.words().size() == 1 ? parsed.words().get(0) : "";
        boolean installs = action.equals("install");
        if (!installs && !List.of("status", "remove").contains(action)) {
            throw ARGUMENTS.misuse("does not know what to do");
        }
        if (!installs && !parsed.options().isEmpty()) {
            throw ARGUMENTS.misuse(action + " takes no options");
        }
        String folder = parsed.value(FROM);
        from = folder == null
                ? null
                : new FilePaths(environment, HomeFolder.of(environment)).of(folder, FROM, "the command line");
        String given = parsed.value(REPOSITORY);
        repository = address(given == null ? AddOnInstaller.CENTRAL : given);
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw ARGUMENTS.misuse("needs the address of a Maven repository behind " + REPOSITORY);
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        Path folder = config.meaning().folder();
        AddOnInstaller installer = new AddOnInstaller(folder, streams.err()::println);
        try {
            switch (action) {
                case "install" -> {
                    install(installer);
                    streams.printer()
                            .println(AddOn.MODEL + " is in " + folder + ", " + installer.bytes() / MEGABYTE
                                    + " MB; servers use it from now on, and memories follow in the background");
                }
                case "remove" -> {
                    streams.printer()
                            .println(
                                    installer.remove()
                                            ? folder + " is removed; searches go by words alone again"
                                            : "no model is in " + folder);
                    forgetVectors(config, streams.err());
                }
                default -> {
                    return status(config, streams);
                }
            }
            return 0;
        } catch (IOException e) {
            streams.err().println("unified-memory: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private void install(AddOnInstaller installer) throws IOException, InterruptedException {
        if (from == null) {
            installer.download(repository);
        } else {
            installer.copy(from);
        }
    }

    /**
     * A database of several machines keeps them, for the others; so does one that does not answer. It forgets them by itself
     * when nobody has used the model for long enough.
     */
    private static void forgetVectors(Config config, PrintStream err) {
        Path file = Stores.path(config.database());
        if (file == null || !Files.exists(file)) {
            return;
        }
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            store.vectors().forget(AddOn.MODEL);
        } catch (BackendException e) {
            err.println("unified-memory: the model's vectors stay in "
                    + config.database().shown() + " for now: " + e.describe());
        }
    }

    private static int status(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        ModelSource source = ConfiguredModel.source(config.meaning());
        if (!source.isThere()) {
            out.println("no model is in " + config.meaning().folder() + ": unified-memory model install fetches one");
            return 0;
        }
        boolean works = works(source, streams.err());
        out.println(source.model()
                + (works ? " works" : " does not work")
                + (config.meaning().enabled() ? "" : "; search.meaning turns it off"));
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            out.println(store.vectors().waitingCount(source.model()) + " memories wait for their vector in "
                    + config.database().shown());
        }
        return works ? 0 : FAILED;
    }

    private static boolean works(ModelSource source, PrintStream err) {
        try (EmbeddingModel model = source.load()) {
            model.ofQuery("does it work?");
            return true;
        } catch (ModelException e) {
            err.println("unified-memory: " + e.getMessage());
            return false;
        }
    }
}
