package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.unified.MovableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrimaryStoreCallTest {

    /** What every store of record gives out: each call of it may fail. */
    private static final List<Class<?>> SIDES = Stream.of(PrimaryStore.class.getDeclaredMethods())
            .filter(method -> !method.isDefault())
            .<Class<?>>map(Method::getReturnType)
            .filter(type -> type.isInterface() && type.getPackage().equals(PrimaryStore.class.getPackage()))
            .toList();

    private final Set<Method> called = new HashSet<>();

    @Test
    void everyMethodThatMayFailIsCalled() {
        AtomicLong millis = new AtomicLong(1);
        try (InMemoryStore store = new InMemoryStore(new MovableClock())) {
            PrimaryStore observed = (PrimaryStore) observed(PrimaryStore.class, store);
            PrimaryStoreCall.ofEveryMethod("user", () -> HlcTimestamp.atMillis(millis.incrementAndGet()))
                    .forEach(call -> call.on(observed));
        }

        assertThat(SIDES).contains(Outbox.class, Leases.class);
        assertThat(called)
                .containsAll(SIDES.stream()
                        .flatMap(side -> Arrays.stream(side.getMethods()))
                        .filter(method -> Modifier.isAbstract(method.getModifiers()))
                        .toList());
        assertThat(called).extracting(Method::getName).contains("commit");
    }

    private Object observed(Class<?> type, Object observed) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            called.add(method);
            try {
                Object result = method.invoke(observed, arguments);
                return SIDES.contains(method.getReturnType()) ? observed(method.getReturnType(), result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
