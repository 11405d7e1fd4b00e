package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.spi.PrimaryStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store of record across a network. What it gives out (its outbox, its leases, ...) has no handle of its own: each
 * call of it is one of the store, on a thread of its own, with the timeout, the retries and the breaker of the store's
 * handle.
 */
public final class RemoteStore {

    private final PrimaryStore store;
    private final Supplier<BackendHandle> handle;
    private final FanOut fanOut;

    private RemoteStore(PrimaryStore store, Supplier<BackendHandle> handle, FanOut fanOut) {
        this.store = store;
        this.handle = handle;
        this.fanOut = fanOut;
    }

    /**
     * The same store with what it gives out so guarded. Its own calls are not: who makes them has the handle, see
     * {@link Backends#ask} and {@link Backends#commit}.
     *
     * @param handle that of the store, which is asked for with each call
     */
    public static PrimaryStore guarded(PrimaryStore store, Supplier<BackendHandle> handle, FanOut fanOut) {
        return new RemoteStore(store, handle, fanOut).guarded();
    }

    private PrimaryStore guarded() {
        return proxy(PrimaryStore.class, (proxy, method, arguments) -> {
            Object result = invoke(store, method, arguments);
            return isGivenOut(method.getReturnType()) && result != null
                    ? guarded(method.getReturnType(), result)
                    : result;
        });
    }

    private static boolean isGivenOut(Class<?> type) {
        return type.isInterface() && type.getPackage().equals(PrimaryStore.class.getPackage());
    }

    private <T> T guarded(Class<T> type, Object side) {
        return proxy(
                type,
                (proxy, method, arguments) -> fanOut.ask(
                                handle.get(), backend -> Optional.ofNullable(invoke(side, method, arguments)))
                        .orElse(null));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static @Nullable Object invoke(Object target, Method method, Object[] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
