package io.unifiedmemory.http;

/**
 * Where an {@link EventStream} stands. Each method is something that happens to a stream, and gives the state after it:
 *
 * <pre>
 *             writable            written             close
 *   IDLE     -> WRITING          -> IDLE             -> ENDED
 *   WRITING  -> WRITING          -> IDLE             -> CLOSING
 *   STALLED  -> WRITING          -> IDLE             -> CLOSING_STALLED
 *   CLOSING  -> CLOSING          -> ENDED            -> CLOSING
 *
 *   look:  WRITING -> STALLED -> ENDED,  CLOSING -> CLOSING_STALLED -> ENDED
 * </pre>
 *
 * <p>A failure ends the stream in any state, and nothing happens to a stream that has ended.
 */
enum StreamState {

    /** Everything is written, so that whoever sends the next event may write it. */
    IDLE,

    /** Something is left to write; the container calls when it takes more. */
    WRITING,

    /** Something is left to write, and the listener has taken nothing since the last look. */
    STALLED,

    /** What is left is still written; nothing is added, and the stream ends behind it. */
    CLOSING,

    /** As {@link #CLOSING}, and the listener has taken nothing since the last look. */
    CLOSING_STALLED,

    /** Nothing can be sent any more. */
    ENDED;

    /** Whether events may be added. */
    boolean takesEvents() {
        return this == IDLE || this == WRITING || this == STALLED;
    }

    /** There is something to write, or the container takes more of it. */
    StreamState onWritable() {
        return switch (this) {
            case IDLE, WRITING, STALLED -> WRITING;
            case CLOSING, CLOSING_STALLED -> CLOSING;
            case ENDED -> ENDED;
        };
    }

    /** All that was to be written is written. */
    StreamState onWritten() {
        return switch (this) {
            case IDLE, WRITING, STALLED -> IDLE;
            case CLOSING, CLOSING_STALLED, ENDED -> ENDED;
        };
    }

    /** Somebody looks, now and then, whether the listener still takes what it is sent. */
    StreamState onLook() {
        return switch (this) {
            case IDLE -> IDLE;
            case WRITING -> STALLED;
            case CLOSING -> CLOSING_STALLED;
            case STALLED, CLOSING_STALLED, ENDED -> ENDED;
        };
    }

    /** The stream is to end behind what is left to write. */
    StreamState onClose() {
        return switch (this) {
            case IDLE, ENDED -> ENDED;
            case WRITING, CLOSING -> CLOSING;
            case STALLED, CLOSING_STALLED -> CLOSING_STALLED;
        };
    }
}
