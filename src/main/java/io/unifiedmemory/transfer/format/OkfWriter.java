package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a bundle of the Open Knowledge Format, version 0.2 (GoogleCloudPlatform/knowledge-catalog, okf/SPEC.md): a Markdown
 * file for each memory in a folder for each user. What the format has no field for stands in {@value #OURS}, so that the way
 * back is exact. It has no place for remembered deletes.
 */
final class OkfWriter implements ItemWriter {

    /** The field with what this program has to know. */
    static final String OURS = "unified_memory";

    /** The field with which program wrote the file, and when. */
    static final String GENERATED = "generated";

    private final Bundle bundle;
    private final Map<String, Long> users = new LinkedHashMap<>();

    OkfWriter(Bundle bundle) {
        this.bundle = bundle;
    }

    @Override
    public boolean memory(MemoryEntry entry) throws IOException {
        String name = OkfNames.ofUser(entry.userId()) + "/" + OkfNames.ofKey(entry.key()) + ".md";
        bundle.add(name, (frontMatter(entry) + entry.value() + "\n").getBytes(StandardCharsets.UTF_8));
        users.merge(entry.userId(), 1L, Long::sum);
        return true;
    }

    /** Each field is one line of JSON, which YAML contains. */
    private static String frontMatter(MemoryEntry entry) {
        Map<String, Object> fields = OkfFields.of(entry.key(), entry.metadata());
        Map<String, Object> generated = new LinkedHashMap<>();
        generated.put("by", "unified-memory/" + BuildInfo.current());
        putTime(generated, "at", entry.updatedAt());
        fields.put(GENERATED, generated);
        fields.put(OURS, own(entry));
        StringBuilder text = new StringBuilder("---\n");
        fields.forEach((name, value) ->
                text.append(name).append(": ").append(yaml(value)).append('\n'));
        return text.append("---\n").toString();
    }

    private static Map<String, Object> own(MemoryEntry entry) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("user_id", entry.userId());
        own.put("key", entry.key());
        own.put("version", Long.toString(entry.version().stamp()));
        putTime(own, "created_at", entry.createdAt());
        putTime(own, "updated_at", entry.updatedAt());
        putTime(own, "expires_at", entry.expiresAt());
        if (entry.writtenBy() != null) {
            own.put("written_by", entry.writtenBy());
        }
        // As a text, because YAML would read some numbers otherwise.
        own.put("metadata", Json.write(entry.metadata()));
        own.put("checksum", Checksum.of(entry));
        return own;
    }

    private static void putTime(Map<String, Object> fields, String name, @Nullable Instant time) {
        if (time != null) {
            fields.put(name, time.toString());
        }
    }

    /** JSON in characters that YAML takes as they are: it knows the escapes of JSON, but not every character unescaped. */
    private static String yaml(Object value) {
        String json = Json.write(value);
        StringBuilder text = new StringBuilder(json.length());
        json.chars().forEach(c -> {
            boolean plain = (c >= ' ' && c < 0x7F) || (c >= 0xA0 && c < 0xD800 && c != 0x2028 && c != 0x2029);
            text.append(plain ? String.valueOf((char) c) : String.format("\\u%04x", c));
        });
        return text.toString();
    }

    @Override
    public void delete(String userId, @Nullable String key, HlcTimestamp version) {
        // A file would be taken for a memory.
    }

    /** The listing of the root (section 8), which names the version of the format (section 12). */
    @Override
    public void finish() throws IOException {
        StringBuilder index = new StringBuilder("---\nokf_version: \"0.2\"\n---\n\n# Users\n\n");
        users.forEach((user, memories) -> {
            String folder = OkfNames.ofUser(user);
            index.append("* [").append(folder).append("](").append(folder).append("/) - ");
            index.append(memories).append(memories == 1 ? " memory\n" : " memories\n");
        });
        bundle.add("index.md", index.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        bundle.close();
    }
}
