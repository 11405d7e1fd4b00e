package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code outbox list|retry|drop [BACKEND] [--pending]}: shows what is owed to backends, and decides about dead letters. */
final class OutboxCommand implements Command {

    /** With {@code drop}: also what is not yet given up. */
    static final String PENDING = "--pending";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "outbox", "it needs one of list, retry, drop, and for the last two may name a backend")
            .withSwitch(PENDING);

    private static final int PAGE = 1000;

    private final String action;
    private final @Nullable String backend;

    private final boolean pendingToo;

    OutboxCommand(List<String> arguments) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        pendingToo = parsed.has(PENDING);
        List<String> words = parsed.words();
        if (words.isEmpty()
                || words.size() > 2
                || !List.of("list", "retry", "drop").contains(words.get(0))) {
            throw ARGUMENTS.misuse(
                    words.isEmpty() ? "was not told what to do" : "does not know " + String.join(" ", words));
        }
        action = words.get(0);
        backend = words.size() == 1 ? null : words.get(1);
        if (pendingToo && (backend == null || !action.equals("drop"))) {
            throw new UsageException(PENDING + " belongs to outbox drop with the name of a backend");
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            OutboxAdmin outbox = store.outboxAdmin();
            requireKnown(config, outbox);
            switch (action) {
                case "list" -> list(config, outbox, out);
                case "retry" -> out.println(outbox.retry(backend) + " dead letters are due again");
                default -> {
                    drop(config, outbox, out);
                    erase(store, out);
                }
            }
            return 0;
        }
    }

    /** A backend that is configured, or was when something was left for it. */
    private void requireKnown(Config config, OutboxAdmin outbox) {
        SortedSet<String> known = new TreeSet<>(outbox.backends());
        config.upstreams().forEach(upstream -> known.add(upstream.options().name()));
        if (backend != null && !known.contains(backend)) {
            throw new UsageException("no backend is called " + backend + " and none of that name has pending writes; "
                    + (known.isEmpty() ? "there are none" : "there are " + String.join(", ", known)));
        }
    }

    /** What was dropped is gone from the outbox in any case. */
    private static void erase(PrimaryStore store, PrintStream out) {
        try {
            store.eraseNow();
        } catch (BackendException e) {
            out.println("its text is erased from the files later, by a server: " + e.describe());
        }
    }

    /**
     * What is pending for a backend that the configuration file no longer names can never be delivered, and goes too.
     * Without a file nobody knows what is configured elsewhere, so that has to be asked for.
     */
    private void drop(Config config, OutboxAdmin outbox, PrintStream out) {
        if (backend != null && (pendingToo || (config.file() != null && !isConfigured(config, backend)))) {
            out.println(outbox.dropAll(backend) + " writes dropped, the pending ones too");
            return;
        }
        out.println(outbox.drop(backend) + " dead letters dropped");
        long pending = backend == null ? 0 : outbox.backlog(backend).pending();
        if (pending > 0) {
            out.println(pending + " writes to " + backend + " are still pending; to drop these too: outbox drop "
                    + backend + " " + PENDING);
        }
    }

    private static boolean isConfigured(Config config, String name) {
        return config.upstreams().stream()
                .anyMatch(upstream -> upstream.options().name().equals(name));
    }

    /** Page by page, so that a long list takes no more memory than a short one; ends when nobody reads on. */
    private void list(Config config, OutboxAdmin outbox, PrintStream out) {
        for (String name : backend == null ? outbox.backends() : List.of(backend)) {
            if (!isConfigured(config, name)) {
                out.println("no upstream " + name + " is configured here, so nothing delivers this; outbox drop " + name
                        + " takes it away:");
            }
            List<OutboxAdmin.Item> page;
            OutboxAdmin.Item last = null;
            do {
                page = outbox.page(name, last, PAGE);
                for (OutboxAdmin.Item item : page) {
                    out.println(line(item));
                    last = item;
                }
            } while (page.size() == PAGE && !out.checkError());
        }
    }

    private static String line(OutboxAdmin.Item item) {
        return "%s  %s  %s %s of %s, since %s, %d tries%s"
                .formatted(
                        item.dead() ? "DEAD   " : "pending",
                        item.entry().backend(),
                        item.entry().operation(),
                        item.entry().key(),
                        item.entry().userId(),
                        Instant.ofEpochMilli(item.entry().version().millis()),
                        item.entry().attempts(),
                        item.error() == null ? "" : ": " + item.error());
    }
}
