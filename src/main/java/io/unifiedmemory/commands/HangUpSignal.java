package io.unifiedmemory.commands;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code SIGHUP}, which ends a JVM unless somebody takes it. Java has no other way to take it than {@code sun.misc.Signal}
 * of the module {@code jdk.unsupported}, which may be missing; it is named by reflection, as the compiler warns of it.
 */
final class HangUpSignal {

    private static final Logger LOG = LoggerFactory.getLogger(HangUpSignal.class);

    private HangUpSignal() {}

    /** Has the action run at each such signal, on a thread of the JVM's; does nothing where there is none. */
    static void call(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    HangUpSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            LOG.info("SIGHUP: renewed files are loaded");
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Windows knows no such signal, and under -Xrs the JVM leaves it to the system.
            LOG.debug("SIGHUP is left to the system: {}", String.valueOf(e));
        }
    }
}
