package io.unifiedmemory.upstream.contract;

import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpTransportException;
import io.modelcontextprotocol.spec.McpTransportSessionNotFoundException;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Texts;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Translates what the SDK and the network throw into {@link BackendException}. */
public final class UpstreamFailures {

    private static final int MAX_TEXT = 300;
    private static final Pattern STATUS = Pattern.compile(
            "^(?:Received unexpected status code: |Bad Request\\. Status code:|Server Not Found\\. Status code:"
                    + "|Failed to connect to SSE stream: |Sending message failed with a non-OK HTTP code: )(\\d{3})");

    private static final String LOGIN = "are its headers right, and its token still valid?";

    /** HTTP statuses by which a server refuses every request of this kind, not a single one. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 405, 410);

    /** The error codes of the platforms for a program that does not exist, is not executable, or is not a program. */
    private static final Pattern NO_PROGRAM = Pattern.compile("error[=:] ?(?:2|8|13|193)\\b");

    private UpstreamFailures() {}

    public static BackendException of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BackendException known) {
                return again(known);
            }
            if (cause instanceof McpError error && error.getJsonRpcError() != null) {
                return ofError(error.getJsonRpcError().code(), shortened(String.valueOf(error.getMessage())), error);
            }
            if (cause instanceof McpTransportSessionNotFoundException) {
                return unavailable("the server does not know our session any more", "", failure);
            }
            if (cause instanceof McpHttpClientTransportAuthorizationException) {
                return unavailable("the server refused us (HTTP 401 or 403)", LOGIN, failure);
            }
            if (cause instanceof McpTransportException) {
                return ofHttp(String.valueOf(cause.getMessage()), failure);
            }
            if (cause instanceof IOException) {
                String what = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
                return unavailable(
                        "the server cannot be reached: " + shortened(what), "does it run, is its url right?", failure);
            }
        }
        return new BackendException(
                Kind.BROKEN,
                "the server answered what MCP does not allow: " + shortened(failure.toString()),
                "",
                failure);
    }

    /** The same failure with the stack of this thread, for another caller. */
    public static BackendException again(BackendException failure) {
        return new BackendException(failure.kind(), String.valueOf(failure.getMessage()), failure.hint(), failure);
    }

    public static BackendException closed() {
        return new BackendException(Kind.UNAVAILABLE, "the connection is closed", "");
    }

    public static BackendException interrupted(String what) {
        return new BackendException(
                Kind.TIMED_OUT, "interrupted while waiting for " + what, "whether it took effect is unknown");
    }

    public static BackendException timedOut(String what, Duration timeout) {
        return new BackendException(
                Kind.TIMED_OUT,
                what + " was not answered within " + timeout.toMillis() + " ms",
                "whether it took effect is unknown");
    }

    public static BackendException broken(String message, String hint) {
        return new BackendException(Kind.BROKEN, message, hint);
    }

    /** A server's text on one line, shortened to fit into a message. */
    public static String shortened(String text) {
        return Texts.shortened(Texts.whole(text).replaceAll("\\s+", " ").strip(), MAX_TEXT);
    }

    /** Whether a transport's failure concerns a single request, so that the connection can go on. */
    public static boolean concernsOneRequest(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BackendException known && known.kind() == Kind.OVERLOADED) {
                return true;
            }
        }
        int status = failure instanceof McpTransportException ? status(String.valueOf(failure.getMessage())) : 0;
        return (status >= 400 && status < 500) || status == 503;
    }

    /** Whether the server refused us by an HTTP status that says that the request itself is wrong. */
    public static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean refused = cause instanceof McpHttpClientTransportAuthorizationException
                    || (cause instanceof McpTransportException
                            && REFUSALS.contains(status(String.valueOf(cause.getMessage()))));
            if (refused) {
                return true;
            }
        }
        return false;
    }

    /** Whether the program cannot be started at all; too many processes or open files are passing failures. */
    public static boolean isNoProgram(IOException failure) {
        return NO_PROGRAM.matcher(String.valueOf(failure.getMessage())).find();
    }

    private static BackendException ofError(int code, String message, Throwable cause) {
        return switch (code) {
            case -32601 -> new BackendException(Kind.UNSUPPORTED, message, "", cause);
            case -32602 -> new BackendException(Kind.REJECTED, message, "", cause);
            case -32001 -> new BackendException(Kind.TIMED_OUT, message, "", cause);
            case -32000 -> new BackendException(Kind.UNAVAILABLE, message, "", cause);
            default -> new BackendException(Kind.BROKEN, "JSON-RPC error " + code + ": " + message, "", cause);
        };
    }

    private static BackendException ofHttp(String message, Throwable cause) {
        int status = status(message);
        String text = shortened(message);
        return switch (status) {
            case 413 -> new BackendException(Kind.REJECTED, text, "raise the server's limit on requests", cause);
            case 401, 403 -> unavailable("the server refused us (HTTP " + status + ")", LOGIN, cause);
            case 429, 503 -> new BackendException(Kind.OVERLOADED, text, "", cause);
            default -> unavailable(text, "is its url right, and its type (http or sse)?", cause);
        };
    }

    private static int status(String message) {
        Matcher matcher = STATUS.matcher(message);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static BackendException unavailable(String message, String hint, Throwable cause) {
        return new BackendException(Kind.UNAVAILABLE, message, hint, cause);
    }
}
