package io.unifiedmemory.search.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The language of a query, as far as its stop and question words tell it. The index keeps the words of these languages,
 * because one language's stop words are another's words ("war", "die"); a query that is in the language does without
 * them. Immutable.
 */
public final class QueryLanguage {

    /** With fewer of its stop words a query is not known to be in the language: "die hard" is not. */
    private static final int LEAST_STOP_WORDS = 2;

    /** Letters of languages that write compounds in one word. */
    private static final String COMPOUNDING_LETTERS = "\u00e4\u00f6\u00fc\u00df\u00e5";

    private static final Set<String> COMPOUNDING = Set.of("da", "de", "fi", "nl", "sv");

    private static final QueryLanguage ENGLISH = new QueryLanguage(Set.of(), false);

    private final Set<String> stopWords;
    private final boolean compounding;

    private QueryLanguage(Set<String> stopWords, boolean compounding) {
        this.stopWords = stopWords;
        this.compounding = compounding;
    }

    /** Tells the language of a query from its words. */
    public static QueryLanguage of(String text, List<Token> tokens) {
        Set<String> forms = tokens.stream().map(Token::form).collect(Collectors.toSet());
        long english = forms.stream().filter(StopWords::contains).count();
        boolean compounding =
                text.chars().map(Character::toLowerCase).anyMatch(letter -> COMPOUNDING_LETTERS.indexOf(letter) >= 0);
        Set<String> stopWords = Set.of();
        long most = english;
        for (Map.Entry<String, Set<String>> language : Lists.BY_LANGUAGE.entrySet()) {
            long count = forms.stream().filter(language.getValue()::contains).count();
            compounding |= count > english && COMPOUNDING.contains(language.getKey());
            if (count > most && count >= LEAST_STOP_WORDS) {
                most = count;
                stopWords = language.getValue();
            }
        }
        return stopWords.isEmpty() && !compounding ? ENGLISH : new QueryLanguage(stopWords, compounding);
    }

    /** Whether the word is a stop word of this language; English ones are {@link StopWords}. */
    public boolean isStopWord(Token token) {
        return stopWords.contains(token.form());
    }

    /** Whether words of this language are written together: "Haftpflichtversicherung". */
    public boolean isCompounding() {
        return compounding;
    }

    /** The lists, read when the first query comes. */
    private static final class Lists {

        private static final Map<String, Set<String>> BY_LANGUAGE = new TreeMap<>(Map.of(
                "da",
                read("""
                        af at den der det dig din du eller en er et for fra han har hun hvad hvem hvilken hvor hvordan \
                        hvorfor hvornår i ikke jeg kan man med men mig min mit og om os på sig sin skal som til var vi vil \
                        vores"""),
                "de",
                read("""
                        aber alle als am an auch auf aus bei beim bin bis bist da damit das dass dein deine dem den denn der \
                        des dich die dies diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer \
                        eines er es etwas euch euer für gab gibt habe haben hast hat hatte hatten hättest ich ihm ihn ihnen \
                        ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder kann kannst kein keine keinen \
                        können mal man mein meine meinem meinen meiner mich mir mit nach nicht noch nur ob oder sehr sein \
                        seine seinem seinen seiner sich sie sind so um und uns unser unsere unserem unseren unserer unter \
                        vom von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen wenn wer \
                        werden wessen wie wieder wir wird wo wofür woher wohin wurde wurden zu zum zur über"""),
                "es",
                read("""
                        a al algo como cómo con cual cuál cuáles cuando cuándo cuánta cuántas cuánto cuántos de del desde \
                        donde dónde el ella ellas ellos en entre era es esa ese eso esta está están este esto fue fueron ha \
                        había han hasta hay la las le les lo los me mi mis más muy ni no nos nuestra nuestro o para pero por \
                        porque qué que quién quiénes se ser si sin sobre son su sus también te tenemos tengo tiene tu tus un \
                        una uno unos y ya yo"""),
                "fi",
                read("""
                        ei että hän ja joka jos kanssa ketkä kuin kuka kun me meidän mikä mikään miksi millainen milloin minkä \
                        minun minä missä mistä mitä mihin mutta ne niin ole olen oli olla on onko ovat se sen sinun sinä \
                        tämä tai te vai"""),
                "fr",
                read("""
                        a ai alors as au aux avait avec avez avons c ce cela ces cet cette combien comment d dans de depuis \
                        des dont du elle elles en est et était étaient été être eu il ils j je l la le les leur leurs lui m ma \
                        mais me mes moi mon n ne nos notre nous on ont ou où par pas pour pourquoi qu quand que quel quelle \
                        quelles quels qui quoi s sa sans se ses si son sont sur ta te tes toi ton tu un une vos votre vous y \
                        à"""),
                "it",
                read("""
                        a ad ai al alla alle allo anche c che chi ci come con cosa cui da dagli dai dal dalla dalle de degli \
                        dei del della delle dello di dove e è ed era erano gli ha hai hanno ho i il in io l la le lei lo loro \
                        lui ma mi mia mie miei mio ne nei nel nella nelle noi non nostra nostro o per perché più qual quale \
                        quali quando quanta quante quanti quanto questa queste questi questo sei si sono sta su sua sue sui \
                        sul sulla suo suoi ti tra tu tua tuo un una uno vi"""),
                "nl",
                read("""
                        aan als bij dan dat de deze die dit door een en er haar had hadden heb hebben heeft hem het hij hoe \
                        hoeveel ik in is je jij jouw kan kun maar me met mij mijn na naar niet nog nu of om onder ons onze ook \
                        op over te tot uit u van veel voor waar waarom waren was wat we welk welke wie wij wil worden zal ze \
                        zich zij zijn zo"""),
                "pt",
                read("""
                        a ao aos as até com como da das de dela dele do dos e é ela elas ele eles em entre era essa esse esta \
                        está este eu foi foram há isso isto já lhe mais mas me meu meus minha minhas muito na nas nem no nos \
                        nossa nosso não o onde os ou para pela pelo por porque porquê qual quais quando quanta quantas quanto \
                        quantos que quem se sem ser seu seus são só sua suas também te tem tenho teu tua um uma você"""),
                "ru",
                read("""
                        а без бы был была были было в вам вас во вот все вы где да для до его ее если есть еще же за и из или \
                        им их к как какая какие какой какого когда кого кому кто куда ли меня мне мой моя мои мое моего моей \
                        мы на нам нас наш наша не него нее нет ни но о об он она они оно от откуда по почему при с сколько со \
                        так также там твой твоя то того тоже ты у уже чего чей чем что чтобы это этого этой этот я"""),
                "sv",
                read("""
                        att av den det dig din du där då efter ej eller en ett från för ha hade han har hon hur i inte jag kan \
                        man med men mig min mitt mina när och om oss på samt sig sin ska som till under upp ut vad var varför \
                        vart vem vi vilka vilken vilket vår våra är""")));

        private static Set<String> read(String words) {
            return Arrays.stream(words.split("\\s+")).map(WordForms::normalize).collect(Collectors.toUnmodifiableSet());
        }
    }
}
