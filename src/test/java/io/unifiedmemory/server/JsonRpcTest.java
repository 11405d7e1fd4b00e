package io.unifiedmemory.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRpcTest {

    private static byte[] ping(String params) {
        return ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":" + params + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMessageOfVeryManyPartsIsNoMessage() throws Exception {
        assertThat(JsonRpc.parse(ping("{\"x\":[" + "{},".repeat(40_000) + "0]}")))
                .isNotNull();
        assertThatThrownBy(() -> JsonRpc.parse(ping("{\"x\":[" + "{},".repeat(60_000) + "0]}")))
                .isInstanceOf(JsonRpc.BadMessageException.class)
                .hasMessageContaining("100000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "-1E+2147483648", "1.5e-99999999999", "1e999999999999999999999"})
    void aNumberThatNoDecimalHoldsIsNoMessage(String number) {
        assertThatThrownBy(() -> JsonRpc.parse(ping("{\"limit\":" + number + "}")))
                .isInstanceOf(JsonRpc.BadMessageException.class)
                .hasMessageContaining("Parse error");
    }
}
