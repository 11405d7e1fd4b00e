package io.unifiedmemory.memory.spi;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** All users of a directory, of whom it is asked some at a time. For one thread. */
final class EveryUser implements Iterator<String> {

    private static final int PAGE = 500;

    private final UserDirectory directory;
    private List<String> page;
    private int at;

    EveryUser(UserDirectory directory) {
        this.directory = directory;
        this.page = directory.users(null, PAGE);
    }

    @Override
    public boolean hasNext() {
        if (at == page.size() && at == PAGE) {
            page = directory.users(page.get(PAGE - 1), PAGE);
            at = 0;
        }
        return at < page.size();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("there are no more users");
        }
        return page.get(at++);
    }
}
