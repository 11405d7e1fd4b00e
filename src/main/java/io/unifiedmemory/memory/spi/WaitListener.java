package io.unifiedmemory.memory.spi;

/** Called on the thread of a call that is about to wait for the store of record. Must not block. */
@FunctionalInterface
public interface WaitListener {

    /** A listener that does nothing: a call counts its wait from when it begins. */
    WaitListener NONE = System::nanoTime;

    /**
     * Called when the current thread is about to wait; other calls may go on meanwhile.
     *
     * @return since when the call waits, as of {@link System#nanoTime}: earlier than now when it has waited before
     */
    long beforeWaiting();
}
