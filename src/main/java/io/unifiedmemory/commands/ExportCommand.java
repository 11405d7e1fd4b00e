package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.AtomicFile;
import io.unifiedmemory.memory.util.OwnerOnly;
import io.unifiedmemory.transfer.Export;
import io.unifiedmemory.transfer.Export.Result;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.ItemWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code export [--user ID] [--format NAME] [--no-history] FILE|-}: writes what is remembered into a file, while servers go on. */
final class ExportCommand implements Command {

    private static final String USER = "--user";
    private static final String FORMAT = "--format";
    private static final String NO_HISTORY = "--no-history";
    private static final String STANDARD_OUTPUT = "-";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "export",
                    "it needs one file that does not exist yet, or " + STANDARD_OUTPUT
                            + " for standard output, and takes " + USER + " ID, " + NO_HISTORY + " and " + FORMAT
                            + " " + Format.labels(true))
            .withValue(USER)
            .withValue(FORMAT)
            .withSwitch(NO_HISTORY);

    private final @Nullable String user;
    private final Format format;
    private final boolean history;
    /** Null for standard output. */
    private final @Nullable Path target;

    ExportCommand(List<String> arguments, Map<String, String> environment) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (parsed.words().size() != 1) {
            throw ARGUMENTS.misuse("was told " + parsed.words().size() + " files");
        }
        String name = parsed.value(FORMAT);
        format = name == null
                ? Format.JSONL
                : Format.named(name)
                        .filter(Format::isWritten)
                        .orElseThrow(() -> ARGUMENTS.misuse("does not write " + name));
        history = !parsed.has(NO_HISTORY);
        String given = parsed.value(USER);
        user = given == null ? null : Names.canonical(given);
        String file = parsed.words().get(0);
        target = file.equals(STANDARD_OUTPUT)
                ? null
                : new FilePaths(environment, HomeFolder.of(environment))
                        .of(file, "the file of export", "the command line");
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        if (!config.databasePolicy().enabled()) {
            streams.err()
                    .println("unified-memory: export writes what the local database holds, but "
                            + Setting.SQLITE_ENABLED.path() + " is false");
            return FAILED;
        }
        Path file = target;
        if (file != null && Files.exists(file)) {
            streams.err().println("unified-memory: " + file + " is there already: name another file");
            return FAILED;
        }
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            if (Stores.isMissing(store, config.database(), streams)) {
                return FAILED;
            }
            TransferLine line = new TransferLine(streams);
            Export export = new Export(store, any -> true, history);
            Instant now = Instant.now();
            Result result = file == null
                    ? write(export, format.writer(unclosed(streams.out()), now), line)
                    : toFile(export, file, now, line);
            line.end();
            PrintStream told = file == null ? streams.err() : streams.printer();
            told.println(result.memories() + " memories and " + result.deletes() + " remembered deletes are in "
                    + (file == null ? "what was written" : file) + what(result));
            return 0;
        } catch (IOException e) {
            streams.err().println("unified-memory: the memories cannot be written: " + e);
            return FAILED;
        }
    }

    private String what(Result result) {
        if (format != Format.JSONL) {
            return result.deletes() == 0 ? "" : ", but for the deletes, which only jsonl has";
        }
        return result.revisions() == 0
                ? ""
                : ", with " + result.revisions() + " texts that were replaced or deleted (" + NO_HISTORY
                        + " leaves them out)";
    }

    /** Many files in a folder, unless its name is that of a ZIP file; one file appears when it is whole. */
    private Result toFile(Export export, Path file, Instant now, TransferLine line) throws IOException {
        if (format == Format.OKF && !file.toString().endsWith(".zip")) {
            OwnerOnly.createFolders(file);
            return write(export, Format.okf(file, now), line);
        }
        Result[] result = new Result[1];
        AtomicFile.write(
                file, fresh -> result[0] = write(export, format.writer(Files.newOutputStream(fresh), now), line));
        return result[0];
    }

    private Result write(Export export, ItemWriter writer, TransferLine line) throws IOException {
        try (writer) {
            Result result = export.run(user, writer, memories -> line.show("exported", memories, 0));
            writer.finish();
            return result;
        }
    }

    /** Standard output stays open. */
    private static OutputStream unclosed(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
