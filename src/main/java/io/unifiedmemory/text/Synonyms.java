package io.unifiedmemory.text;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** English everyday words with the same meaning, formal and informal: who asks seldom uses the one of the text. */
final class Synonyms {

    /** A line for each meaning; plurals are found through the stems. */
    private static final String GROUPS = """
            mother mom mum mommy mama
            father dad daddy papa
            grandmother grandma granny nana
            grandfather grandpa granddad
            child kid
            sibling brother sister
            parent mother father
            husband wife spouse
            family fam
            friend buddy pal
            photo photograph picture pic image
            movie film
            bike bicycle
            television tv
            phone telephone cellphone
            car automobile vehicle
            fridge refrigerator
            apartment flat
            doctor physician doc
            vacation holiday
            trip journey
            gift present
            job occupation profession
            city town
            country nation
            buy purchase
            begin start
            finish complete
            big large huge
            little small
            illness disease sickness
            ill sick
            pet dog cat
            shop store
            lawyer attorney
            teacher instructor
            exam test
            university college
            money cash
            password passphrase
            email mail
            address location
            meeting appointment
            error bug
            repair fix
            delete remove
            """;

    private static final Map<String, Set<String>> BY_TERM = new HashMap<>();

    static {
        for (String group : GROUPS.lines().toList()) {
            Set<String> terms = new LinkedHashSet<>();
            for (String word : group.split(" ")) {
                terms.add(WordForms.term(word));
            }
            for (String term : terms) {
                BY_TERM.computeIfAbsent(term, t -> new LinkedHashSet<>()).addAll(terms);
            }
        }
        BY_TERM.forEach((term, synonyms) -> synonyms.remove(term));
    }

    private Synonyms() {}

    /** Terms of the same meaning, without the term itself. */
    static Set<String> of(String term) {
        return BY_TERM.getOrDefault(term, Set.of());
    }
}
