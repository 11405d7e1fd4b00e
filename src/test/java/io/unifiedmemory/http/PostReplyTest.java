package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.unifiedmemory.harness.Async;
import io.unifiedmemory.mcp.CallsInFlight;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PostReplyTest {

    /** A client that reads nothing until it is told to. */
    private static final class SlowReader extends ServletOutputStream {

        private final CountDownLatch writing = new CountDownLatch(1);
        private final CountDownLatch mayRead = new CountDownLatch(1);
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            writing.countDown();
            try {
                mayRead.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            read.write(b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    /** One thread looks after every client. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoeverLooksForClientsThatHaveGoneDoesNotWaitForOneThatReadsSlowly() throws Exception {
        SlowReader client = new SlowReader();
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> method.getName().equals("getOutputStream") ? client : null);
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> Collections.enumeration(List.of("text/event-stream")));
        PostReply reply = new PostReply(Accept.of(request), response, new CallsInFlight());
        CompletableFuture<Void> told =
                Async.run(() -> reply.tell(new JSONRPCNotification("notifications/progress", Map.of())));
        client.writing.await();

        reply.comment();

        client.mayRead.countDown();
        told.get(30, TimeUnit.SECONDS);
        reply.comment();
        assertThat(client.read.toString(StandardCharsets.UTF_8))
                .contains("notifications/progress")
                .endsWith(":\n\n");
    }
}
