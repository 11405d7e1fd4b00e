package io.unifiedmemory.search.text;

import java.util.Set;
import java.util.function.Predicate;

/** English words that tell the kind of a sentence, not its topic. Stateless. */
public final class StopWords {

    private static final Set<String> WORDS = Set.of("""
            a about after again all also am an and any are aren as at be because been before being between both but by \
            can cannot could couldn d did didn do does doesn doing don during each either else ever few for from get \
            got had hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn it \
            its itself just let like ll m many me might more most much must my myself need neither no nor not now of \
            off on once only onto or other our ours ourselves out over own please quite rather re really s same shall \
            she should shouldn so some someone something such t than that the their theirs them themselves then there \
            these they this those though through to too until upon us very via ve was wasn we were weren what whatever \
            when whenever where wherever whether which while who whoever whom whose why will with within without won \
            would wouldn yet you your yours yourself yourselves tell know kind sort type various\
            """.split(" "));

    /** Stop words without their apostrophe. The index has them as words. */
    private static final Set<String> WITHOUT_APOSTROPHE = Set.of("""
            arent cant couldnt didnt doesnt dont hadnt hasnt havent hes im isnt ive shouldnt thats theyre wasnt weve \
            werent whats wont wouldnt youre\
            """.split(" "));

    private StopWords() {}

    /** Whether the normalized word says nothing about the topic of a query. */
    public static boolean isIgnoredInQuery(String form) {
        return WORDS.contains(form) || WITHOUT_APOSTROPHE.contains(form);
    }

    /** Whether the normalized word is a stop word. */
    public static boolean contains(String form) {
        return WORDS.contains(form);
    }

    /** Whether any stop word fulfils a condition. */
    public static boolean anyMatch(Predicate<String> condition) {
        return WORDS.stream().anyMatch(condition);
    }
}
