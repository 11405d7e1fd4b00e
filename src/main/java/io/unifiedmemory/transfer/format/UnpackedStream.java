package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What a packed file unpacks to. It ends with an error where that is more than text can be packed to. For one thread. */
final class UnpackedStream extends CountedStream {

    /** What a file may unpack to without anybody asking how small it was. */
    private static final long HARMLESS_BYTES = 64L * 1024 * 1024;

    /** Text is packed to a tenth, and to a hundredth where it repeats itself; a bomb to a thousandth. */
    private static final long LARGEST_RATIO = 200;

    private final LongSupplier packed;

    /**
     * A stream of unpacked bytes.
     *
     * @param packed how many packed bytes it was made of so far, or is made of as a whole
     */
    UnpackedStream(InputStream in, LongSupplier packed, LongConsumer listener) {
        super(in, listener);
        this.packed = packed;
    }

    @Override
    void afterRead() throws IOException {
        if (count() > HARMLESS_BYTES && count() > LARGEST_RATIO * packed.getAsLong()) {
            throw new IOException("it unpacks to " + LARGEST_RATIO
                    + " times its size, as no text does; unpack it yourself if you trust it, and import the folder");
        }
    }
}
