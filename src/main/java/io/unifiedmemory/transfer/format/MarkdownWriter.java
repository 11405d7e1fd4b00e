package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes one document for a person to read: a chapter for each user, a section for each memory. It is not read back. */
final class MarkdownWriter implements ItemWriter {

    /** The beginning of the document, by which an import recognises that it is the wrong file. */
    static final String MARK = "<!-- unified-memory: exported to be read -->";

    private static final Pattern FENCES = Pattern.compile("`{3,}");

    private final Writer out;
    private @Nullable String user;

    MarkdownWriter(OutputStream out, Instant now) throws IOException {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.out.write(MARK + "\n\n# Memories\n\nExported " + now + ".\n");
    }

    @Override
    public boolean memory(MemoryEntry entry) throws IOException {
        if (!entry.userId().equals(user)) {
            user = entry.userId();
            out.write("\n## " + heading(user) + "\n");
        }
        out.write("\n### " + heading(entry.key()) + "\n\n");
        if (entry.updatedAt() != null) {
            out.write("*" + entry.updatedAt() + "*\n\n");
        }
        out.write(fenced("text", entry.value()));
        if (!entry.metadata().isEmpty()) {
            out.write("\n" + fenced("json", Json.write(entry.metadata())));
        }
        return true;
    }

    /** A name as text, whatever Markdown would make of its characters. */
    private static String heading(String name) {
        return Texts.oneLine(name).replaceAll("([\\\\`*_\\[\\]<>#!|&~])", "\\\\$1");
    }

    /** A text as it is: a fence that is longer than any in the text, so that nothing in it is taken for markup. */
    private static String fenced(String language, String text) {
        int longest = 2;
        for (Matcher fence = FENCES.matcher(text); fence.find(); ) {
            longest = Math.max(longest, fence.end() - fence.start());
        }
        String fence = "`".repeat(longest + 1);
        return fence + language + "\n" + text + "\n" + fence + "\n";
    }

    @Override
    public void delete(String userId, @Nullable String key, HlcTimestamp version) {
        // Nobody reads what is gone.
    }

    @Override
    public void finish() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
