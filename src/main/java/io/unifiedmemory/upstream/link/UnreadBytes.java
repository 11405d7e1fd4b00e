package io.unifiedmemory.upstream.link;

/**
 * How many bytes of what is written into a pipe the program at its other end may not have read yet. Once it has answered
 * every request it has read all up to the last of them: nobody answers what he has not read. After a request that is never
 * answered nothing is known for certain any more. Thread-safe.
 */
final class UnreadBytes {

    /** The smallest pipe of the platforms that Java runs on, Windows'. */
    private static final int SMALLEST_PIPE = 4_096;

    private int unanswered;
    private long upToRequest;
    private long behindIt;

    /**
     * Notes bytes that will be written.
     *
     * @return whether there is room for them in the pipe for certain, so that to write them does not wait for the reader
     */
    synchronized boolean add(int bytes, boolean request) {
        behindIt += bytes;
        if (request) {
            unanswered++;
            upToRequest += behindIt;
            behindIt = 0;
        }
        return upToRequest + behindIt <= SMALLEST_PIPE;
    }

    /** Notes that a request was answered. */
    synchronized void answered() {
        unanswered = Math.max(0, unanswered - 1);
        if (unanswered == 0) {
            upToRequest = 0;
        }
    }
}
