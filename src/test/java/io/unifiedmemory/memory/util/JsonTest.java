package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"z\":1,\"a\":2,\"m\":{\"y\":1,\"b\":[]}}",
                "{\"n\":[0.1,1.0,1.50,100,-7,9223372036854775807,123456789012345678901234567890]}",
                "{\"e\":1E-7}",
                "{\"t\":\"\\\"\\\\\\r\\n\\t\\u0000\\u0001\"}",
                "{\"\":null,\"u\":\"\u00E9\uD83D\uDE00\u2028\",\"b\":[true,false]}"
            })
    void whatIsReadIsWrittenUnchangedAndMeasuredRight(String text) {
        assertThat(Json.write(Json.parseObject(text))).isEqualTo(text);
        assertThat(Json.length(Json.parseObject(text))).isEqualTo(text.length());
    }

    @Test
    void everyCharacterIsMeasuredAsItIsWritten() {
        for (char c = 0; c < 0x3000; c++) {
            assertThat(Json.length("a" + c)).isEqualTo(Json.write("a" + c).length());
        }
        List<Object> values = Arrays.asList(null, 1.5, 2L, Map.of(), List.of(), Map.of("\n", List.of("\"", -0.1)));
        assertThat(Json.length(values)).isEqualTo(Json.write(values).length());
    }

    @Test
    void numbersAreKeptExactly() {
        Map<String, Object> numbers =
                Json.parseObject("{\"a\": 0.1, \"b\": 7, \"c\": 12345678901234567890, \"d\": 1e400}");

        assertThat(numbers)
                .containsEntry("a", new BigDecimal("0.1"))
                .containsEntry("b", 7)
                .containsEntry("c", new BigInteger("12345678901234567890"))
                .containsEntry("d", new BigDecimal("1e400"));
    }

    @Test
    void valuesAreWrittenOnOneLine() {
        assertThat(Json.write(List.of("a\nb", 1, Map.of("k", "v")))).isEqualTo("[\"a\\nb\",1,{\"k\":\"v\"}]");
        assertThat(Json.write(Arrays.asList(null, true))).isEqualTo("[null,true]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "\"text\"", "1", "{", "{\"a\":1}}", "{\"a\":1} {}", "{'a':1}", "{\"a\":NaN}", "nothing"
            })
    void anythingButOneObjectIsRefused(String text) {
        assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> Json.parseObject(text));
    }
}
