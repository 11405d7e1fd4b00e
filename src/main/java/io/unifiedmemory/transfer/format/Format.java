package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats by the names that people give them. */
public enum Format {
    JSONL("jsonl", true),
    OKF("okf", true),
    CSV("csv", true),
    MARKDOWN("markdown", true),
    SERVER_MEMORY("server-memory", false),
    TABLE("table", false),
    MEM0("mem0", false),
    CHATGPT("chatgpt", false),
    CLAUDE("claude", false);

    private final String label;
    private final boolean written;

    Format(String label, boolean written) {
        this.label = label;
        this.written = written;
    }

    /** The name on the command line. */
    public String label() {
        return label;
    }

    /** Whether memories can be exported in it. */
    public boolean isWritten() {
        return written;
    }

    public static Optional<Format> named(String label) {
        return Arrays.stream(values()).filter(each -> each.label.equals(label)).findFirst();
    }

    /** The names of all formats, or of those that can be exported, for a person. */
    public static String labels(boolean exported) {
        return Arrays.stream(values())
                .filter(each -> !exported || each.written)
                .map(Format::label)
                .collect(Collectors.joining(", "));
    }

    /**
     * Begins a file; a format that is many files makes a ZIP file of them.
     *
     * @param now when it is written
     */
    public ItemWriter writer(OutputStream out, Instant now) throws IOException {
        return switch (this) {
            case JSONL -> new ArchiveWriter(out, now);
            case CSV -> new UnexpiredWriter(new CsvWriter(out), now);
            case MARKDOWN -> new UnexpiredWriter(new MarkdownWriter(out, now), now);
            case OKF -> new UnexpiredWriter(new OkfWriter(Bundle.zip(out)), now);
            default -> throw new IllegalArgumentException(label + " is not written");
        };
    }

    /**
     * Begins the files of {@link #OKF} in a folder that exists.
     *
     * @param now when they are written
     */
    public static ItemWriter okf(Path folder, Instant now) {
        return new UnexpiredWriter(new OkfWriter(Bundle.in(folder)), now);
    }
}
