package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.prompts.MemoryContext;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.unified.calls.CallOrder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * {@code context [--query TEXT] [--max-tokens N] [--user ID] [--project DIR] [--hook]}: prints the memories that a model
 * had better know, as Markdown, or nothing. It asks the store of record alone, because whoever calls it waits.
 */
final class ContextCommand implements Command {

    /** Reads question and folder from what a client tells its hooks on standard input. */
    static final String HOOK = "--hook";

    private static final String QUERY = "--query";
    private static final String MAX_TOKENS = "--max-tokens";
    private static final String USER = "--user";
    private static final String PROJECT = "--project";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "context", "it takes --query TEXT, --max-tokens N, --user ID, --project DIR and --hook")
            .withValue(QUERY)
            .withValue(MAX_TOKENS)
            .withValue(USER)
            .withValue(PROJECT)
            .withSwitch(HOOK);

    private static final int TOKENS = 1_500;

    /** With each question comes an answer of the same size again. */
    private static final int TOKENS_WITH_QUESTION = 600;

    private static final int MOST_TOKENS = 100_000;

    private static final int LARGEST_HOOK = 8 << 20;

    /** How long a question waits for the model: a person waits for the hook. */
    private static final Duration LONGEST_LOADING = Duration.ofSeconds(1);

    private final ArgumentParser.Parsed arguments;
    private final int maxTokens;

    ContextCommand(List<String> words) {
        arguments = ARGUMENTS.parse(words);
        if (!arguments.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + arguments.words().get(0));
        }
        maxTokens = maxTokens(arguments.value(MAX_TOKENS));
    }

    private static int maxTokens(@Nullable String given) {
        if (given == null) {
            return 0;
        }
        try {
            int tokens = Integer.parseInt(given);
            if (tokens > 0 && tokens <= MOST_TOKENS) {
                return tokens;
            }
        } catch (NumberFormatException e) {
            throw misused(given, e);
        }
        throw misused(given, null);
    }

    private static UsageException misused(String given, @Nullable Throwable cause) {
        UsageException misuse = ARGUMENTS.misuse(
                "needs a number from 1 to " + MOST_TOKENS + " behind " + MAX_TOKENS + ", not " + given);
        misuse.initCause(cause);
        return misuse;
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        // On another core, while this one reads what it is asked.
        Daemon.start("warm-up", () -> Stores.loadDriver(config.database()));
        Map<String, Object> told = arguments.has(HOOK) ? hook(streams) : Map.of();
        String user = user(config);
        Path file = Stores.path(config.database());
        if (file != null && !Files.exists(file)) {
            return 0; // nothing was ever stored, and looking makes no file
        }
        String query = text(told, "prompt", arguments.value(QUERY));
        String folder = text(told, "cwd", arguments.value(PROJECT));
        String project = folder == null ? null : project(folder);
        int most = maxTokens > 0 ? maxTokens : query == null ? TOKENS : TOKENS_WITH_QUESTION;
        // Without a question nothing is compared that would be worth the wait.
        try (SearchMeaning meaning = new SearchMeaning(config.meaning(), LONGEST_LOADING);
                PrimaryStore store =
                        Stores.open(config.database(), CallOrder.none(), query == null ? QueryVectors.NONE : meaning)) {
            String context = new MemoryContext(
                            request -> current(store.search(request).entries()))
                    .of(user, project, query, most);
            streams.printer().print(introduced(context, project, query));
        }
        return 0;
    }

    /** Likewise with a loop: what has expired is shown to nobody. */
    private static List<MemoryEntry> current(List<MemoryEntry> found) {
        List<MemoryEntry> current = new ArrayList<>(found.size());
        for (MemoryEntry entry : found) {
            if (!entry.isExpired(Clock.systemUTC())) {
                current.add(entry);
            }
        }
        return current;
    }

    private static String project(String folder) {
        try {
            return Project.of(Path.of(folder));
        } catch (InvalidPathException e) {
            throw new UsageException("context takes the path of a folder from " + PROJECT
                    + " or from what a client tells its hook, and this is none: " + e.getMessage());
        }
    }

    /** At the beginning the model also learns how a memory becomes one of this project. */
    private static String introduced(String context, @Nullable String project, @Nullable String query) {
        if (query != null) {
            return context;
        }
        String rule = project == null
                ? ""
                : "Store what holds for this project alone with the metadata {\"" + MemoryContext.PROJECT + "\": "
                        + Json.write(project) + "}.\n";
        return context.isEmpty() && rule.isEmpty() ? "" : "# Memory\n" + rule + context;
    }

    private String user(Config config) {
        String named = arguments.value(USER);
        String user = named == null ? config.tools().defaultUser() : Names.canonical(named);
        if (user == null) {
            throw ARGUMENTS.misuse("needs " + USER + ", or a default user: there is none");
        }
        String fault = Names.fault(user, config.tools().limits().maxNameChars());
        if (fault != null) {
            throw ARGUMENTS.misuse(USER + " " + fault);
        }
        return user;
    }

    /** What a client tells its hook; what is said on the command line comes first. */
    private static @Nullable String text(Map<String, Object> told, String field, @Nullable String given) {
        return given != null ? given : told.get(field) instanceof String text && !text.isBlank() ? text : null;
    }

    private static Map<String, Object> hook(StandardStreams streams) {
        try {
            byte[] bytes = new BufferedInputStream(streams.in()).readNBytes(LARGEST_HOOK);
            return Json.parseObject(new String(bytes, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new UsageException(
                    "context --hook reads what a client tells its hooks, one JSON object, from standard" + " input: "
                            + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UsageException("context --hook cannot read standard input: " + e.getMessage());
        }
    }
}
