package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackendCallTest {

    /** Do no I/O, or never throw; the last one does neither where a backend cannot tell, which is most of them. */
    private static final Set<String> NEVER_FAIL = Set.of(
            "type", "capabilities", "knowsCapabilities", "storesAtOnce", "check", "starting", "close", "unharmedSince");

    @Test
    void everyMethodThatMayFailIsCalled() {
        Set<Method> called = new HashSet<>();
        AtomicLong millis = new AtomicLong(1);
        try (InMemoryBackend backend = new InMemoryBackend()) {
            MemoryBackend observed = (MemoryBackend) Proxy.newProxyInstance(
                    MemoryBackend.class.getClassLoader(),
                    new Class<?>[] {MemoryBackend.class},
                    (proxy, method, arguments) -> {
                        called.add(method);
                        return method.invoke(backend, arguments);
                    });

            BackendCall.ofEveryMethod("user", () -> HlcTimestamp.atMillis(millis.incrementAndGet()))
                    .forEach(call -> call.on(observed));
        }

        assertThat(called)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(MemoryBackend.class.getMethods())
                        .filter(method -> !NEVER_FAIL.contains(method.getName()))
                        .toList());
    }
}
