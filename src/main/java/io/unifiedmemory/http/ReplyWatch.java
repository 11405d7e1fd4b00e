package io.unifiedmemory.http;

import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.EventsHandler;

/** Tells of the status of every answer, whoever gave it: the tools, a filter or the container. */
final class ReplyWatch extends EventsHandler {

    private volatile IntConsumer listener = status -> {};

    ReplyWatch(Handler next) {
        super(next);
    }

    void tell(IntConsumer who) {
        listener = who;
    }

    @Override
    protected void onResponseBegin(Request request, int status, HttpFields headers) {
        listener.accept(status);
    }
}
