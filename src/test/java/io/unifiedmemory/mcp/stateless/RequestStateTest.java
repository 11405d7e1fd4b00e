package io.unifiedmemory.mcp.stateless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.ClientMessages;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestStateTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final Map<String, Object> DELETE =
            Map.of("name", "delete", "arguments", Map.of("user_id", "anna", "all", true));
    private static final Principal OTHER = new Principal("other", UserSet.ALL, Scope.READ_WRITE);

    private final RequestState state = at(NOW, "secret");

    @Test
    void itHoldsForTheSameRequestOfTheSameCaller() throws Refusal {
        String sealed = state.seal(request(DELETE, Principal.LOCAL), Map.of("question", 1));
        assertThat(state.open(request(with(DELETE, sealed), Principal.LOCAL))).containsEntry("question", 1);
        Map<String, Object> answered = with(DELETE, sealed);
        answered.put("inputResponses", Map.of("confirm", Map.of("action", "accept")));
        assertThat(at(NOW.plusSeconds(59), "secret").open(request(answered, Principal.LOCAL)))
                .as("another instance with the same secret")
                .isNotNull();
        assertThat(state.open(request(DELETE, Principal.LOCAL))).isNull();
    }

    @Test
    void itHoldsForNothingElse() throws Refusal {
        String sealed = state.seal(request(DELETE, Principal.LOCAL), Map.of());
        assertRefused(state, request(with(DELETE, sealed), OTHER));
        assertRefused(
                state,
                request(
                        with(Map.of("name", "delete", "arguments", Map.of("user_id", "ben", "all", true)), sealed),
                        Principal.LOCAL));
        assertRefused(at(NOW.plusSeconds(61), "secret"), request(with(DELETE, sealed), Principal.LOCAL));
        assertRefused(at(NOW, "another"), request(with(DELETE, sealed), Principal.LOCAL));
        for (Object wrong : List.of("", "x", ".", "a.b", sealed + "A", "A" + sealed, sealed.replace('.', '-'), 5)) {
            assertRefused(state, request(with(DELETE, wrong), Principal.LOCAL));
        }
    }

    private static void assertRefused(RequestState state, Request request) {
        assertThatThrownBy(() -> state.open(request))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("requestState");
    }

    private static RequestState at(Instant now, String secret) {
        return new RequestState(
                () -> secret.getBytes(StandardCharsets.UTF_8), Clock.fixed(now, ZoneOffset.UTC), Duration.ofMinutes(1));
    }

    private static Map<String, Object> with(Map<String, Object> params, Object sealed) {
        Map<String, Object> all = new LinkedHashMap<>(params);
        all.put("requestState", sealed);
        return all;
    }

    private static Request request(Map<String, Object> params, Principal caller) throws Refusal {
        Map<String, Object> all = new LinkedHashMap<>(params);
        all.put("_meta", ClientMessages.meta(ClientMessages.STATELESS, Map.of()));
        return Request.of(new JSONRPCRequest("tools/call", 1, all), caller, notification -> {});
    }
}
