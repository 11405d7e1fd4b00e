package io.unifiedmemory.transfer.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how much is read of a stream. For one thread. */
class CountedStream extends FilterInputStream {

    private final LongConsumer listener;
    private long count;

    /** @param listener hears of the bytes of each read */
    CountedStream(InputStream in, LongConsumer listener) {
        super(in);
        this.listener = listener;
    }

    /** The bytes that were read so far. */
    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        add(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        add(Math.max(0, read));
        return read;
    }

    private void add(int read) throws IOException {
        count += read;
        listener.accept(read);
        afterRead();
    }

    /** Called after each read. */
    void afterRead() throws IOException {
        // Nothing more is to be done here.
    }
}
