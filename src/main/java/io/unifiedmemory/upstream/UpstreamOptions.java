package io.unifiedmemory.upstream;

import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.link.ServerAddress;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one upstream server is reached and spoken to. Immutable. Every constructor throws
 * {@link IllegalArgumentException} with a message for a person when a value cannot work. The texts of these records show
 * no values of environment variables and headers, and no query of a URL.
 *
 * @param name what the upstream is called in messages and logs
 * @param address how it is reached
 * @param contract how it is spoken to, one of {@link #contracts()} or the name of {@code declared}; {@code auto} recognises
 *     it by its tools
 * @param connectTimeout how long starting, handshake and listing of tools may take together
 * @param callTimeout how long one call may stay unanswered, whatever its caller is willing to wait
 * @param defaultUser to whom the entries belong that other programs wrote there; null hides them
 * @param declared the contract where it is declared as data; null otherwise
 */
public record UpstreamOptions(
        String name,
        ServerAddress address,
        String contract,
        Duration connectTimeout,
        Duration callTimeout,
        @Nullable String defaultUser,
        @Nullable ContractOptions declared) {

    /** Enough for {@code npx} to download a package first. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);

    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(30);

    /** Recognise the contract by the tools that the server offers. */
    public static final String AUTO = "auto";

    public UpstreamOptions {
        require(!name.isBlank(), "an upstream needs a name");
        if (declared == null && !isBuiltIn(contract)) {
            throw new IllegalArgumentException(
                    "contract is one of " + String.join(", ", contracts()) + ", not " + contract);
        }
        require(connectTimeout.toMillis() > 0, "the connect timeout is 1 ms or more, not " + connectTimeout);
        require(callTimeout.toMillis() > 0, "the call timeout is 1 ms or more, not " + callTimeout);
    }

    /** Options whose contract comes with this server. */
    public UpstreamOptions(
            String name,
            ServerAddress address,
            String contract,
            Duration connectTimeout,
            Duration callTimeout,
            @Nullable String defaultUser) {
        this(
                name,
                address,
                contract,
                connectTimeout,
                callTimeout,
                defaultUser,
                isBuiltIn(contract) ? null : ContractOptions.preset(contract));
    }

    /** The contracts that need no declaration. */
    public static List<String> builtIn() {
        return List.of(AUTO, KnowledgeGraphContract.NAME, UnifiedContract.NAME);
    }

    /** Whether a contract needs no declaration. */
    public static boolean isBuiltIn(String contract) {
        return builtIn().contains(contract);
    }

    /** The names of contracts that come with this server. */
    public static List<String> contracts() {
        return Stream.concat(builtIn().stream(), ContractOptions.presetNames().stream())
                .toList();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
