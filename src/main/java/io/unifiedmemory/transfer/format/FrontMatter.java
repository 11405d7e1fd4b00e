package io.unifiedmemory.transfer.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A Markdown file, split into what stands in YAML between two lines of three hyphens at its beginning, and the rest. Immutable.
 *
 * @param fields empty where there is no front matter
 * @param body everything behind it, exactly
 * @param fault why the front matter cannot be read, whose text then stays in the body; null when there is none
 */
record FrontMatter(
        Map<String, Object> fields, String body, @Nullable String fault) {

    private static final String FENCE = "---";
    private static final int MOST_CHARS = 1 << 20;

    static FrontMatter of(String file) {
        int start = lineEnd(file, 0);
        if (!file.startsWith(FENCE) || !file.substring(0, start).strip().equals(FENCE)) {
            return new FrontMatter(Map.of(), file, null);
        }
        for (int line = start; line < file.length(); ) {
            int end = lineEnd(file, line);
            if (file.substring(line, end).strip().equals(FENCE)) {
                return parsed(file, file.substring(start, line), file.substring(end));
            }
            line = end;
        }
        return new FrontMatter(Map.of(), file, null);
    }

    /** The index behind the line that begins at this one. */
    private static int lineEnd(String file, int from) {
        int end = file.indexOf('\n', from);
        return end < 0 ? file.length() : end + 1;
    }

    private static FrontMatter parsed(String file, String yaml, String body) {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(MOST_CHARS)
                .build();
        try {
            Object read = new Load(settings).loadFromString(yaml);
            if (read == null) {
                return new FrontMatter(Map.of(), body, null);
            }
            if (read instanceof Map<?, ?> map) {
                return new FrontMatter(JsonFields.object(json(map)), body, null);
            }
            return new FrontMatter(Map.of(), file, "has front matter that is no list of fields");
        } catch (YamlEngineException e) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return new FrontMatter(Map.of(), file, "has front matter that is not YAML: " + first);
        } catch (StackOverflowError e) {
            return new FrontMatter(Map.of(), file, "has front matter in which lists stand in lists too many times");
        }
    }

    /** What JSON cannot hold becomes text. */
    private static @Nullable Object json(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            map.forEach((name, each) -> object.put(String.valueOf(name), json(each)));
            return object;
        }
        if (value instanceof Iterable<?> values) {
            List<@Nullable Object> list = new ArrayList<>();
            values.forEach(each -> list.add(json(each)));
            return list;
        }
        boolean plain = value == null || value instanceof String || value instanceof Boolean;
        boolean finite = value instanceof Number && (!(value instanceof Double number) || Double.isFinite(number));
        return plain || finite ? value : String.valueOf(value);
    }
}
