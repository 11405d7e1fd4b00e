package io.unifiedmemory.harness;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.stateless.CacheScope;
import io.unifiedmemory.mcp.stateless.Handler;
import io.unifiedmemory.mcp.stateless.Listening;
import io.unifiedmemory.mcp.stateless.Refusal;
import io.unifiedmemory.mcp.stateless.Request;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A server of the revision in which every request stands alone, with the tools {@code echo} (gives its text back),
 * {@code step} (tells its progress first), {@code hang} (waits until it is let go, or interrupted), {@code sample} (needs a
 * client with that capability) and {@code greedy} (runs out of memory).
 */
public final class StatelessFixture {

    private static final Handler ECHO =
            request -> text(String.valueOf(request.object("arguments").get("text")));

    public final CountDownLatch hanging = new CountDownLatch(1);
    public final CountDownLatch letGo = new CountDownLatch(1);
    public final CountDownLatch interrupted = new CountDownLatch(1);

    /** Nobody is told of changes of resources any more that one client had asked for. */
    public final CountDownLatch unfollowed = new CountDownLatch(1);

    private volatile Runnable onHang = () -> {};
    private volatile Runnable onFollow = () -> {};

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** The server. */
    public final StatelessServer server = StatelessServer.named("test", "Test", "1")
            .method(
                    "tools/list",
                    Duration.ofMinutes(5),
                    CacheScope.PRIVATE,
                    request ->
                            Map.of("tools", List.of(Map.of("name", "echo", "inputSchema", Map.of("type", "object")))))
            .method("tools/call", this::call)
            .listening(new Listening() {
                @Override
                public Set<String> lists() {
                    return Set.of("resourcesListChanged");
                }

                @Override
                public Following follow(Principal caller, Collection<String> uris, Consumer<String> onChange) {
                    onFollow.run();
                    List<String> mine = uris.stream()
                            .filter(uri -> uri.startsWith("memory://mine/"))
                            .toList();
                    Consumer<String> listener = uri -> {
                        if (mine.contains(uri)) {
                            onChange.accept(uri);
                        }
                    };
                    listeners.add(listener);
                    return new Following(mine, () -> {
                        listeners.remove(listener);
                        unfollowed.countDown();
                    });
                }
            })
            .build(
                    Map.of("tools", Map.of(), "resources", Map.of("subscribe", true, "listChanged", true)),
                    "For tests.");

    /** A resource changes. */
    public void change(String uri) {
        listeners.forEach(listener -> listener.accept(uri));
    }

    private Map<String, Object> call(Request request) throws Refusal {
        return switch (request.text("name")) {
            case "echo" -> ECHO.answer(request);
            case "step" -> {
                request.progress(1, null, "one");
                request.progress(2, null, "two");
                yield ECHO.answer(request);
            }
            case "hang" -> hang();
            case "sample" -> {
                if (!request.capabilities().containsKey("sampling")) {
                    throw Refusal.missingCapability("it needs sampling", Map.of("sampling", Map.of()));
                }
                yield text("sampled");
            }
            case "greedy" -> throw new OutOfMemoryError("no room");
            default -> throw Refusal.invalid("Unknown tool");
        };
    }

    /** Sets what {@code hang} does before it waits. */
    public void onHang(Runnable action) {
        onHang = action;
    }

    /** Sets what happens before a client is told of changes of resources. */
    public void onFollow(Runnable action) {
        onFollow = action;
    }

    private Map<String, Object> hang() {
        onHang.run();
        hanging.countDown();
        try {
            letGo.await();
            return text("let go");
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw new CancellationException("interrupted");
        }
    }

    private static Map<String, Object> text(String text) {
        return Map.of("content", List.of(Map.of("type", "text", "text", text)));
    }
}
