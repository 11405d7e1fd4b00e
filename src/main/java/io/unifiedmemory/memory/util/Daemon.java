package io.unifiedmemory.memory.util;

/** Creates threads that never keep the program alive. */
public final class Daemon {

    private Daemon() {}

    /** A thread that has not been started, as a pool wants it. */
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
