package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.search.meaning.VectorCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the vectors of the memories that wait for theirs, some at a time. Stateless. */
public final class MemoryVectors {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryVectors.class);

    /** Kept together, in one write transaction: about a second of work, which a killed process loses. */
    private static final int AT_ONCE = 64;

    private static final int MOST_CHARS = 40_000;

    /** A key that people gave is of words. Numbers, such as those of messages, mean nothing. */
    private static final Pattern WORD = Pattern.compile("\\p{L}{3,}");

    private static final Pattern DIGIT = Pattern.compile("\\d");

    /** No model refuses it. */
    private static final String PLAIN = "memory";

    private MemoryVectors() {}

    /** Makes some vectors of a model that is in use; false when no memory waits any more. */
    public static boolean step(VectorStore store, EmbeddingModel model) {
        List<Waiting> waiting = store.waiting(model.name(), AT_ONCE);
        List<Vector> vectors = new ArrayList<>();
        int chars = 0;
        for (int i = 0; i < waiting.size() && chars < MOST_CHARS; i++) {
            Waiting memory = waiting.get(i);
            vectors.add(new Vector(memory, vector(model, text(memory))));
            chars += memory.value().length();
        }
        if (!vectors.isEmpty()) {
            store.keep(model.name(), vectors);
        }
        return !waiting.isEmpty();
    }

    /** The vector of a text; without any number for one that the model refuses, lest those behind it wait for ever. */
    private static byte[] vector(EmbeddingModel model, String text) {
        try {
            return VectorCodec.encode(model.ofPassage(text));
        } catch (RuntimeException e) {
            model.ofPassage(PLAIN); // Where this fails, too, it is not the text.
            LOG.warn("a memory of {} characters is found by its words alone: {}", text.length(), e.getMessage());
            return new byte[0];
        }
    }

    /** The value, after the words of the key, where it has any. */
    static String text(Waiting memory) {
        String key = memory.key();
        if (DIGIT.matcher(key).find() || !WORD.matcher(key).find()) {
            return memory.value();
        }
        return key.replaceAll("[^\\p{L}\\p{M}]+", " ").strip() + ": " + memory.value();
    }
}
