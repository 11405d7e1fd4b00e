package io.unifiedmemory.launch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much each logger may write: a client or an upstream can cause many of our lines, and must not fill the disk with
 * them. A logger may write some at once, and go on at a small rate; that lines are left out is said, and later how
 * many. Thread-safe.
 */
final class LogLimit {

    /** Characters that a logger may write at once. */
    static final long BURST = 64 * 1024;

    /** Characters per second that it gains back. */
    static final long RATE = 1024;

    private static final long NANOS = 1_000_000_000L;

    /** More loggers than there are classes that log. */
    private static final int MAX_LOGGERS = 1000;

    /** What becomes of a line. */
    enum Verdict {
        WRITE,
        /** Say that lines are left out from here on, this one included. */
        SAY_MORE,
        LEAVE_OUT
    }

    /** @param leftOut how many lines were left out since the last one that was written; to be said with this one */
    record Admission(Verdict verdict, long leftOut) {}

    private static final class Account {
        private long left = BURST;
        private long since;
        private long leftOut;
    }

    private final LongSupplier nanoTime;
    private final Map<String, Account> accounts = new LinkedHashMap<>();

    LogLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether a logger may write a line of so many characters. */
    synchronized Admission admit(String logger, int chars) {
        long now = nanoTime.getAsLong();
        boolean known = accounts.containsKey(logger) || accounts.size() < MAX_LOGGERS;
        Account account = accounts.computeIfAbsent(known ? logger : "", name -> begun(now));
        long seconds = (now - account.since) / NANOS;
        account.left = Math.min(BURST, account.left + Math.min(seconds, BURST) * RATE);
        account.since += seconds * NANOS;
        // One that is larger than anybody may write at once gets through when nothing else was written for a while.
        if (account.left >= Math.min(chars, BURST)) {
            account.left -= Math.min(chars, BURST);
            Admission admission = new Admission(Verdict.WRITE, account.leftOut);
            account.leftOut = 0;
            return admission;
        }
        account.leftOut++;
        return new Admission(account.leftOut == 1 ? Verdict.SAY_MORE : Verdict.LEAVE_OUT, 0);
    }

    private static Account begun(long now) {
        Account account = new Account();
        account.since = now;
        return account;
    }
}
