package io.unifiedmemory.tools;

/** A call is not done, because its client has to ask a person first and to call again with the answer. */
public final class QuestionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param question one sentence for the person */
    public QuestionException(String question) {
        super(question, null, false, false);
    }

    /** The question. */
    public String question() {
        return String.valueOf(getMessage());
    }
}
