package io.unifiedmemory;

import io.unifiedmemory.config.Setting;
import io.unifiedmemory.install.Client;
import io.unifiedmemory.memory.util.BuildInfo;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What {@code --help} prints. */
final class Help {

    private Help() {}

    static String text() {
        return """
                unified-memory %s: one durable memory for AI agents, as an MCP server

                usage: java -jar unified-memory-mcp.jar [OPTIONS] [COMMAND]

                commands:
                  (none)           serve one MCP client on standard input and output
                  serve            the same
                  serve --http [HOST:PORT]
                                   serve many clients over HTTP: Streamable HTTP at /mcp, and the older SSE at /sse
                  browse [--port N] [--no-open]
                                   show what is remembered in this machine's browser: opens a link that works once, and
                                   serves the page until this command is ended
                  check            print the options in force and connect to every backend; exit code 0 if all work
                  call TOOL JSON   run one tool and print its result, such as:
                                   call store '{"user_id":"me","key":"tea","value":"green, no sugar"}'
                                   (- instead of the JSON reads it from standard input)
                  context [--query TEXT] [--max-tokens N] [--user ID] [--project DIR]
                                   print the memories that a model had better know: those that answer the query, or what
                                   is pinned, of the project in DIR, preferred and new; hooks of clients call it
                  export [--user ID] [--format jsonl|okf|csv|markdown] [--no-history] FILE|-
                                   write what is remembered into a file: jsonl is everything and comes back exactly, also
                                   what was replaced or deleted unless that is not wanted, okf a folder (or .zip) of
                                   Markdown, csv for spreadsheets, markdown to read
                  import FILE|FOLDER [--user ID] [--dry-run] [--on-conflict newest|skip|overwrite] [--format NAME]
                         [--time-zone ID] [--table NAME] [--columns user=..,key=..,value=..,created=..,updated=..]
                                   bring in an export, or what another program kept: server-memory, mem0, ChatGPT, Claude,
                                   Claude Code, Markdown, CSV, a SQLite table; the newer counts, again changes nothing
                                   (docs/MOVE.md)
                  backup FILE      copy the local database into a new file, while servers go on using it
                  rescue FILE      read what can be read of a damaged local database into a new file, and say what cannot
                  migrate --to ADDRESS|FILE
                                   copy everything into another database, of PostgreSQL or a file, while servers go on
                                   using this one; says at the end how to go over to it
                  outbox list|retry|drop [BACKEND] [--pending]
                                   list the writes that backends have not confirmed; retry dead letters, or drop them.
                                   drop also drops pending writes of a backend that is no longer configured, or with
                                   --pending
                  reconcile [--dry-run] [--user ID]...
                                   compare the database with every upstream and repair (or only show) differences;
                                   --user: also compare a user who is not known here yet, as on a new machine
                  duplicates [--user ID]...
                                   list the memories that say nearly the same, to take one away or make one of them
                  reindex          rebuild the search index of the database, which can be used meanwhile
                  contract list|show CONTRACT|try UPSTREAM
                                   list the contracts by which upstreams are spoken to, print one, or try the one of a
                                   configured upstream: store, read, update, list, search and delete one memory
                  token create (--user ID)... | --all-users [--read-only] [--name NAME] [--expires WHEN]
                                   make a token for a client over HTTP and print it, once; WHEN is 30d, 12h or a date
                  token list | token revoke ID|NAME
                                   show the tokens (not their secrets); revoke one, even in a running server
                  client show|add|remove [NAME...] [--dry-run] [--no-default-user] [--hooks] [--rules]
                                   show the entry for a client, write it into that client's configuration, or take it out;
                                   NAME is one of %s.
                                   add --hooks: claude-code also asks for memories when a session begins and with each
                                   prompt; --rules: a block in the rules of cursor (of the project in this folder),
                                   vscode, codex or gemini tells the model to use the memory. remove takes both back
                  model install [--from FOLDER] [--repository URL] | status | remove
                                   fetch the model by which searches also compare meanings (31 MB from Maven Central, 51 MB
                                   on disk; --from: from a folder that has the two files), show how far the memories are,
                                   take it away
                  train [remove]   make the class archive that shortens the start (with the launcher only), or delete it
                  --help           this text
                  --version        the version

                options, each with its environment variable and its field in the configuration file; a flag overrides the
                variable, and the variable overrides the file:
                %s

                upstreams (only in the configuration file):
                  {"upstreams": {"NAME": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"],
                                          "env": {"MEMORY_FILE_PATH": "/path/memory.json"}}}}
                  or {"type": "http" | "sse", "url": "...", "headers": {...}} instead of command, args and env;
                  and priority, timeoutMs, maxRetries, enabled, contract (auto, or one that contract list names, or
                  one of your own under "contracts": docs/UPSTREAMS.md)
                """.formatted(
                        BuildInfo.current(),
                        Arrays.stream(Client.values()).map(Client::label).collect(Collectors.joining(", ")),
                        Arrays.stream(Setting.values()).map(Help::line).collect(Collectors.joining("\n")));
    }

    private static String line(Setting setting) {
        String file = setting == Setting.CONFIG ? "" : ", " + setting.path();
        return "  " + setting.flag() + ", " + setting.variable() + file + "\n      " + setting.help() + " ("
                + setting.accepts() + "; default: " + setting.unset() + ")";
    }
}
