package io.unifiedmemory.prompts;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.Token;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The memories of one user that a model had better know before it begins: those that answer a question, or without one
 * what is pinned, what is about the project, preferences, and what is new. A memory whose metadata name a project is for
 * that project alone. Thread-safe if the search is.
 *
 * <p>A hook runs this once in a process that has just begun: a loop is there before the first lambda is linked.
 */
public final class MemoryContext {

    /** The field of the metadata that says for which project alone a memory is. */
    public static final String PROJECT = "project";

    /** The field of the metadata that, when true, puts a memory before all others. */
    public static final String PINNED = "pinned";

    private static final String PREFERENCES = "preference prefers always never likes style";

    private static final int CANDIDATES = 50;

    /** How far is looked for as many when the newest or best ones are of other projects. */
    private static final int MOST_CANDIDATES = 1_000;

    /** How much larger the next look is: each reads again what the one before has read. */
    private static final int GROWTH = 5;

    private static final int MOST_HITS = 8;
    private static final int MOST_PREFERENCES = 8;
    private static final int MOST_RECENT = 8;

    /** Of a long question and a long memory only the beginning is looked at word by word. */
    private static final int MOST_CHARS = 10_000;

    /** The share of the text that memories of the project, which come before others, may take. */
    private static final double PROJECT_SHARE = 0.6;

    private final Function<SearchRequest, List<MemoryEntry>> search;

    /** @param search finds memories in the store of record */
    public MemoryContext(Function<SearchRequest, List<MemoryEntry>> search) {
        this.search = search;
    }

    /**
     * The memories as Markdown; empty when there is nothing worth saying.
     *
     * @param project whose memories count beside those of no project; null for none
     * @param query what the model is asked; null at the beginning
     * @param maxTokens how long the text may become, estimated
     */
    public String of(String userId, @Nullable String project, @Nullable String query, int maxTokens) {
        MemoryBlock block = new MemoryBlock(maxTokens);
        if (query == null || query.isBlank()) {
            standing(block, userId, project, maxTokens);
        } else {
            answering(block, userId, project, Query.of(Texts.cut(query, MOST_CHARS)));
        }
        return block.toString();
    }

    private void answering(MemoryBlock block, String userId, @Nullable String project, Query query) {
        if (query.words().isEmpty()) {
            return;
        }
        int added = 0;
        for (MemoryEntry entry : found(new SearchRequest(userId, query, CANDIDATES), project)) {
            if (added < MOST_HITS && isRelevant(query, entry)) {
                add(block, entry);
                added++;
            }
        }
    }

    /**
     * A search finds whatever has one word of the question, and a question to a model has many words that mean little:
     * a memory is worth its tokens when it has two of them, or the only one.
     */
    private static boolean isRelevant(Query query, MemoryEntry entry) {
        if (query.isContainedIn(entry)) {
            return true;
        }
        Set<String> terms = new HashSet<>();
        for (Token token : Analyzer.tokens(Texts.cut(entry.key() + " \n" + entry.value(), MOST_CHARS))) {
            terms.add(token.term());
        }
        int common = 0;
        for (Token word : query.words()) {
            common += terms.contains(word.term()) ? 1 : 0;
        }
        return common >= Math.min(2, query.words().size());
    }

    private void standing(MemoryBlock block, String userId, @Nullable String project, int maxTokens) {
        Set<String> shown = new HashSet<>();
        part(block, "Pinned", shown, CANDIDATES, maxTokens, newest(userId, Map.of(PINNED, true), project));
        if (project != null) {
            int most = (int) (PROJECT_SHARE * maxTokens);
            part(block, "This project", shown, CANDIDATES, most, newest(userId, Map.of(PROJECT, project), project));
        }
        SearchRequest preferences = new SearchRequest(userId, Query.of(PREFERENCES), CANDIDATES);
        part(block, "Preferences", shown, MOST_PREFERENCES, maxTokens, found(preferences, project));
        part(block, "Recent", shown, MOST_RECENT, maxTokens, newest(userId, Map.of(), project));
    }

    private List<MemoryEntry> newest(String userId, Map<String, Object> metadata, @Nullable String project) {
        SearchFilter filter = new SearchFilter(null, null, metadata, null);
        return found(new SearchRequest(userId, null, CANDIDATES, SearchOrder.RECENCY, filter), project);
    }

    /**
     * As many as the request asks for, if there are, without those of other projects. No filter of a search says "this
     * value or none", so what is dropped is made up for by asking for more.
     */
    private List<MemoryEntry> found(SearchRequest request, @Nullable String project) {
        List<MemoryEntry> found = new ArrayList<>();
        int asked = request.limit();
        while (true) {
            List<MemoryEntry> entries = search.apply(
                    new SearchRequest(request.userId(), request.query(), asked, request.order(), request.filter()));
            found.clear();
            for (MemoryEntry entry : entries) {
                if (isFor(project, entry) && found.size() < request.limit()) {
                    found.add(entry);
                }
            }
            if (found.size() == request.limit() || entries.size() < asked || asked == MOST_CANDIDATES) {
                return found;
            }
            asked = Math.min(MOST_CANDIDATES, GROWTH * asked);
        }
    }

    /** Adds a heading with memories that no earlier part has shown. */
    private static void part(
            MemoryBlock block, String heading, Set<String> shown, int most, int maxTokens, List<MemoryEntry> entries) {
        int added = 0;
        for (MemoryEntry entry : entries) {
            if (added < most && !shown.contains(entry.key()) && block.tokens() < maxTokens) {
                if (added == 0) {
                    block.heading(heading);
                }
                if (!add(block, entry)) {
                    return;
                }
                shown.add(entry.key());
                added++;
            }
        }
    }

    /** Whether a memory is for this project, or for none in particular. */
    private static boolean isFor(@Nullable String project, MemoryEntry entry) {
        Object own = entry.metadata().get(PROJECT);
        return own == null || own.equals("") || own.equals(project);
    }

    private static boolean add(MemoryBlock block, MemoryEntry entry) {
        String date = entry.updatedAt() == null
                ? null
                : entry.updatedAt().atOffset(ZoneOffset.UTC).toLocalDate().toString();
        return block.add(entry.key(), entry.value(), date);
    }
}
