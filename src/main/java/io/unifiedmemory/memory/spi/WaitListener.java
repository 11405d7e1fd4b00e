package io.unifiedmemory.memory.spi;

/** Hears, on the thread of a call, that the call is about to wait for the local database. Must not block. */
@FunctionalInterface
public interface WaitListener {

    /** Nobody listens: a call counts its wait from when it begins. */
    WaitListener NONE = System::nanoTime;

    /**
     * The current thread is about to wait; others may go on meanwhile.
     *
     * @return since when the call waits, as of {@link System#nanoTime}: earlier than now when it has waited before
     */
    long beforeWaiting();
}
