package io.unifiedmemory.tools;

/** Whoever sits at a client and can be asked before something is done that cannot be undone. Thread-safe. */
@FunctionalInterface
public interface Person {

    /** There is nobody to ask: the client cannot show a question. */
    Person NOBODY = question -> Answer.NOBODY_TO_ASK;

    /** What became of a question. */
    enum Answer {
        /** It may be done. */
        YES,
        /** It may not be done. */
        NO,
        /** Nobody was asked, because the client cannot. */
        NOBODY_TO_ASK
    }

    /**
     * Asks whether something may be done, and waits for the answer for a limited time.
     *
     * @param question one sentence, which says what will be done
     * @throws QuestionException when the answer can only come with another call
     * @throws ToolFailure when the person could be asked, but did not answer
     */
    Answer mayIt(String question);
}
