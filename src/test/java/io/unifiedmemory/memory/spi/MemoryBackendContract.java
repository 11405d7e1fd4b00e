package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The text of {@link MemoryBackend} in executable form. Every backend runs it whole: extend it, say how to open one and
 * what it declares. The tests are in the parts, one for each side of the interface.
 *
 * <p>What is declared in {@link MemoryBackend#capabilities} has to work and what is not has to be refused. The storage
 * may be shared with other tests and may be slow: each test works with users of its own and writes some 200 memories at
 * most. What was stored is looked at through {@code retrieve}.
 */
public abstract class MemoryBackendContract
        implements StoreContract,
                RemovalContract,
                SearchContract,
                FilterContract,
                ListContract,
                ConcurrencyContract,
                LifecycleContract {

    /** Of the current test; closed after it. */
    protected MemoryBackend backend = new InMemoryBackend();

    /** Has no memories when a test begins. */
    protected String user = "";

    private HlcTimestamp clock = HlcTimestamp.NONE;

    @BeforeEach
    void openBackend() throws Exception {
        backend = open();
        user = "user-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        clock = HlcTimestamp.atMillis(System.currentTimeMillis());
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    @Override
    public final MemoryBackend backend() {
        return backend;
    }

    @Override
    public final String user() {
        return user;
    }

    @Override
    public final HlcTimestamp tick() {
        clock = HlcTimestamp.atMillis(clock.millis() + 1);
        return clock;
    }
}
