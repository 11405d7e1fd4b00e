package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.PageApi;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.transfer.Export;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.ItemWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The memories of one user, or of all whom the caller may see, as a file. */
final class ExportQuestion {

    private final PrimaryStore store;
    private final AccessControl access;
    private final Clock clock;

    ExportQuestion(PrimaryStore store, AccessControl access, Clock clock) {
        this.store = store;
        this.access = access;
        this.clock = clock;
    }

    PageApi.Streamed answer(Map<String, Object> arguments, Principal caller) {
        Format format = Format.named(String.valueOf(arguments.get("format")))
                .filter(Format::isWritten)
                .orElseThrow(() -> RefusedQuestionException.wrong("format must be one of " + Format.labels(true)));
        @Nullable String whose = arguments.get("user_id") == null ? null : Address.user(arguments, caller, access);
        Export export = new Export(store, caller.users()::contains, !Boolean.FALSE.equals(arguments.get("history")));
        return new PageApi.Streamed("application/octet-stream", out -> {
            try (ItemWriter writer = format.writer(unclosed(out), clock.instant())) {
                export.run(whose, writer, memories -> {});
                writer.finish();
            }
        });
    }

    /** Whoever answers the request closes it, and not at all when the export broke off. */
    private static OutputStream unclosed(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
