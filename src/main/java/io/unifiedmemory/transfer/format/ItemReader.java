package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.util.function.Consumer;

/** Reads one file, or one folder, of one format. For one thread. */
@FunctionalInterface
public interface ItemReader {

    /**
     * Hands over what it finds, in the order of the file. What cannot be read is an {@link Item.Unreadable} and the rest is
     * read all the same, as far as the format permits.
     *
     * @throws IOException when the file itself cannot be read any further
     * @throws TransferException when it is not of this format
     */
    void read(Consumer<Item> items) throws IOException;
}
