package io.unifiedmemory.upstream.link;

/** Threads that never keep the program alive. */
public final class Daemon {

    private Daemon() {}

    public static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
