package io.unifiedmemory.transfer.format;

/** How much of what is imported was read. For one thread. */
public final class Meter {

    private long expected;
    private long read;

    void expect(long bytes) {
        expected += bytes;
    }

    void read(long bytes) {
        read += bytes;
    }

    /** From 0 to 1; 0 as long as nobody knows how much there is. */
    public double fraction() {
        return expected == 0 ? 0 : Math.min(1, (double) read / expected);
    }
}
