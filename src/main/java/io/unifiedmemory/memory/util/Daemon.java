package io.unifiedmemory.memory.util;

/** Threads that never keep the program alive. */
public final class Daemon {

    private Daemon() {}

    /** A thread that is still to be started, as a pool wants it. */
    public static Thread create(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** A thread that has been started. */
    public static Thread start(String name, Runnable work) {
        Thread thread = create(name, work);
        thread.start();
        return thread;
    }
}
