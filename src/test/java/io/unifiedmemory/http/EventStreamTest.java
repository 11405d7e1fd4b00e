package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.harness.Async;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream in a container, to a listener that asks for it and reads nothing more than its first bytes. */
@Timeout(60)
class EventStreamTest {

    private static final long SECONDS = 20;
    private static final int SHARE = 100;

    private final CompletableFuture<EventStream> opened = new CompletableFuture<>();
    private final CompletableFuture<Boolean> heard = new CompletableFuture<>();
    private final ByteBudget budget = new ByteBudget(4 * SHARE);
    private Server jetty;
    private Socket listener;

    @BeforeEach
    void listen() throws Exception {
        jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new Stream());
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/");
        jetty.setHandler(context);
        jetty.start();
        listener = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        listener.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(listener.getInputStream().read()).isEqualTo('H');
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        jetty.stop();
    }

    @Test
    void whoIsToldOfTheEndMayWaitForAThreadThatSends() throws Exception {
        assertOthersMaySendAtTheEnd(EventStream::close);
    }

    @Test
    void theSameHoldsWhenAListenerIsCutOff() throws Exception {
        budget.take("others", 1); // what waits when nobody has anything else waiting is taken, however large
        assertOthersMaySendAtTheEnd(stream -> stream.send("message", new byte[4 * SHARE]));
    }

    @Test
    void theSameHoldsWhenTheContainerEndsTheStream() throws Exception {
        assertOthersMaySendAtTheEnd(stream -> stream.onError(new IOException("the listener has gone")));
    }

    private void assertOthersMaySendAtTheEnd(Consumer<EventStream> end) throws Exception {
        end.accept(opened.get(SECONDS, TimeUnit.SECONDS));
        assertThat(heard.get(2 * SECONDS, TimeUnit.SECONDS))
                .as("another thread could send while the end was told")
                .isTrue();
    }

    private final class Stream extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            EventStream stream =
                    EventStream.answer(request, response, budget, "anna", ended -> heard.complete(couldSend(ended)));
            stream.start();
            opened.complete(stream);
        }
    }

    /** Whether another thread gets through that sends on a stream, as one that holds a lock of the caller would. */
    private static boolean couldSend(EventStream stream) {
        try {
            Async.run(() -> stream.send("message", new byte[1])).get(SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return false;
        }
    }
}
