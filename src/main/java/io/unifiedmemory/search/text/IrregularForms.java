package io.unifiedmemory.search.text;

import java.util.HashMap;
import java.util.Map;

/** English words whose forms a stemmer cannot relate. Stateless. */
final class IrregularForms {

    /** Each line: the word, then its other forms. */
    private static final String FORMS = """
            arise arose arisen
            awake awoke awoken
            bear bore borne
            beat beaten
            become became
            begin began begun
            bend bent
            bind bound
            bite bit bitten
            bleed bled
            blow blew blown
            break broke broken
            breed bred
            bring brought
            build built
            burn burnt
            buy bought
            catch caught
            choose chose chosen
            come came
            creep crept
            deal dealt
            dig dug
            draw drew drawn
            dream dreamt
            drink drank drunk
            drive drove driven
            eat ate eaten
            fall fell fallen
            feed fed
            feel felt
            fight fought
            find found
            flee fled
            fly flew flown
            forget forgot forgotten
            forgive forgave forgiven
            freeze froze frozen
            get got gotten
            give gave given
            go went gone
            grow grew grown
            hang hung
            hear heard
            hide hid hidden
            hold held
            keep kept
            kneel knelt
            know knew known
            lead led
            learn learnt
            leave left
            lend lent
            lie lay lain
            light lit
            lose lost
            make made
            mean meant
            meet met
            pay paid
            ride rode ridden
            ring rang rung
            rise rose risen
            run ran
            say said
            see saw seen
            seek sought
            sell sold
            send sent
            sew sewn
            shake shook shaken
            shine shone
            shoot shot
            show shown
            shrink shrank shrunk
            sing sang sung
            sink sank sunk
            sit sat
            sleep slept
            slide slid
            speak spoke spoken
            spend spent
            spill spilt
            spin spun
            spring sprang sprung
            stand stood
            steal stole stolen
            stick stuck
            sting stung
            strike struck
            strive strove striven
            swear swore sworn
            sweep swept
            swim swam swum
            swing swung
            take took taken
            teach taught
            tear tore torn
            tell told
            think thought
            throw threw thrown
            understand understood
            wake woke woken
            wear wore worn
            weave wove woven
            weep wept
            win won
            withdraw withdrew withdrawn
            write wrote written
            child children
            person people
            man men
            woman women
            foot feet
            tooth teeth
            goose geese
            mouse mice
            wife wives
            life lives
            knife knives
            leaf leaves
            shelf shelves
            half halves
            loaf loaves
            good better best
            bad worse worst
            """;

    private static final Map<String, String> BASE = read();

    private IrregularForms() {}

    private static Map<String, String> read() {
        Map<String, String> base = new HashMap<>();
        FORMS.lines().map(line -> line.split(" ")).forEach(forms -> {
            for (int i = 1; i < forms.length; i++) {
                base.put(forms[i], forms[0]);
            }
        });
        return Map.copyOf(base);
    }

    /** The base form of each irregular form. */
    static Map<String, String> all() {
        return BASE;
    }

    /** The base form of an irregular form; any other form itself. */
    static String base(String form) {
        return BASE.getOrDefault(form, form);
    }
}
