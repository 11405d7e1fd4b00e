package io.unifiedmemory.browser;

/** A question that is not answered; the message is shown to the person who asked. */
final class RefusedQuestionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean forbidden;

    private RefusedQuestionException(boolean forbidden, String message) {
        super(message);
        this.forbidden = forbidden;
    }

    /** Of a caller who may not ask it. */
    static RefusedQuestionException forbidden(String message) {
        return new RefusedQuestionException(true, message);
    }

    /** With an argument that is wrong. */
    static RefusedQuestionException wrong(String message) {
        return new RefusedQuestionException(false, message);
    }

    boolean isForbidden() {
        return forbidden;
    }
}
