package io.unifiedmemory.transfer.format;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The fields of a file of the Open Knowledge Format that repeat what {@value OkfWriter#OURS} says, for people and other
 * programs, and what it means when somebody has edited them. Stateless.
 */
final class OkfFields {

    private static final String TITLE = "title";
    private static final String TAGS = "tags";

    /** Fields that say nothing about the memory. */
    private static final Set<String> OF_THE_FILE = Set.of(OkfWriter.OURS, OkfWriter.GENERATED);

    private OkfFields() {}

    /** The fields of a memory. */
    static Map<String, Object> of(String key, Map<String, Object> metadata) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "Memory");
        String title = JsonFields.text(metadata, TITLE);
        fields.put(TITLE, title == null ? key : title);
        if (metadata.get(TAGS) instanceof List<?> tags
                && !tags.isEmpty()
                && tags.stream().allMatch(String.class::isInstance)) {
            fields.put(TAGS, tags);
        }
        return fields;
    }

    /**
     * The metadata with what somebody has edited in the fields of the file: a field that differs from what was written counts,
     * and one that was added is added. A field that was taken out counts for tags only; a memory has no other without it.
     *
     * @param file all fields of the file
     * @return the same metadata where nothing was edited
     */
    static Map<String, Object> edited(String key, Map<String, Object> metadata, Map<String, Object> file) {
        Map<String, Object> written = of(key, metadata);
        Map<String, Object> edited = new LinkedHashMap<>(metadata);
        Set<String> names = new LinkedHashSet<>(written.keySet());
        names.addAll(file.keySet());
        names.removeAll(OF_THE_FILE);
        for (String name : names) {
            Object said = file.get(name);
            if (Objects.equals(said, written.get(name))) {
                continue;
            }
            if (name.equals(TAGS)) {
                edited.remove(TAGS);
                JsonFields.put(edited, TAGS, RowReader.tags(said));
            } else {
                JsonFields.put(edited, name, said);
            }
        }
        return edited;
    }
}
