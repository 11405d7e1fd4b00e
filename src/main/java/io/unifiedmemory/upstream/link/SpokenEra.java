package io.unifiedmemory.upstream.link;

import org.jspecify.annotations.Nullable;

/**
 * What is known of how one server wants to be spoken to, kept from one connection to the next so that a server is asked
 * once. Thread-safe.
 */
public final class SpokenEra {

    /** The two eras of the protocol. */
    enum Era {
        /** A session begins with {@code initialize}. */
        SESSIONS,
        /** Every request stands alone. */
        STATELESS
    }

    private @Nullable Era known;
    private boolean shunned;

    synchronized void learn(Era era) {
        known = era;
        shunned = false;
    }

    /** The server refused to be spoken to like this: the next connection asks again. */
    synchronized void forget() {
        known = null;
        shunned = false;
    }

    /** The connection broke before the server was known to answer: the next one asks again, unless that was why. */
    synchronized void doubt() {
        if (!shunned) {
            known = null;
        }
    }

    /** The connection broke while the server was asked: the next ones do without, in case that was why. */
    synchronized void shun() {
        shunned = true;
    }

    /** Whether the server is not asked because the connection broke when it was. */
    public synchronized boolean isShunned() {
        return shunned;
    }

    /** Whether the server is to be asked at all. */
    synchronized boolean isToBeAsked() {
        return known != Era.SESSIONS && !shunned;
    }
}
