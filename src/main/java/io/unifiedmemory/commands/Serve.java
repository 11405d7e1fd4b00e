package io.unifiedmemory.commands;

import java.util.List;

/** {@code serve [--http [HOST:PORT]]}: on standard input and output, or over HTTP. */
final class Serve {

    private static final String HTTP = "--http";

    static final ArgumentParser ARGUMENTS =
            new ArgumentParser("serve", "it takes nothing, or " + HTTP + " and an address").withOptionalValue(HTTP);

    private Serve() {}

    static Command command(List<String> arguments) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (parsed.has(HTTP)) {
            String address = parsed.value(HTTP);
            return new ServeHttp(address == null ? parsed.words() : List.of(address));
        }
        if (!parsed.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + parsed.words().get(0));
        }
        return new ServeStdio();
    }
}
