package io.unifiedmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    @CsvSource({
        "2.0,2",
        "2e0,2",
        "-0.0,0",
        "1e3,1000",
        "9007199254740993.0,9007199254740993",
        "4294967296,4294967296",
        "9223372036854775807,9223372036854775807",
        "1e18,1000000000000000000"
    })
    void aWholeNumberIsAnIdHoweverItIsWritten(String written, String number) throws Exception {
        JSONRPCMessage message = JsonRpc.parse(
                ("{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":" + written + "}").getBytes(StandardCharsets.UTF_8));

        Object id = ((JSONRPCRequest) message).id();
        assertThat(id).hasToString(number).isEqualTo(JsonRpc.id(new BigDecimal(number)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2.5", "1e-1", "123456789012345678901", "1e19", "1e2147483647", "true", "{}", "[1]", "null"})
    void whatIsNoWholeNumberIsNoId(String id) {
        assertThatThrownBy(() -> JsonRpc.parse(("{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":" + id + "}")
                        .getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(JsonRpc.BadMessageException.class)
                .hasMessageContaining("id must");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"\\ud83d\":1}", "{\"\\udf75x\":1}", "{\"a\":{\"long name, longer \\ud83d\":1}}"})
    void halfACharacterInANameIsAnsweredWithTheId(String params) {
        assertThatThrownBy(() -> JsonRpc.parse(ping(params)))
                .isInstanceOfSatisfying(
                        JsonRpc.BadMessageException.class,
                        bad -> assertThat(bad.reply()).containsEntry("id", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "-1E+2147483648", "1.5e-99999999999", "1e999999999999999999999"})
    void aNumberThatNoDecimalHoldsIsNoMessage(String number) {
        assertThatThrownBy(() -> JsonRpc.parse(ping("{\"limit\":" + number + "}")))
                .isInstanceOf(JsonRpc.BadMessageException.class)
                .hasMessageContaining("Parse error");
    }
}
