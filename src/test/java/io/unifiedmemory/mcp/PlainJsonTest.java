package io.unifiedmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.memory.util.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the SDK's own mapper makes of a reply decides: a field that a later SDK adds must not get lost. */
class PlainJsonTest {

    private static final McpJsonMapper SDK = new JacksonMcpJsonMapper(Json.mapper());

    /** Replies of which any field may be set, also those that this program never sets. */
    @ParameterizedTest
    @ValueSource(classes = {CallToolResult.class, ListToolsResult.class, InitializeResult.class})
    void everyReplyReadsAsTheSdkWritesIt(Class<? extends Record> type) throws Exception {
        int plain = 0;
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            int filled = random.nextInt(101);
            Object message = new JSONRPCResponse("2.0", seed, new Filler(random, filled).record(type), null);

            Object written = PlainJson.of(message);

            assertThat(Json.mapper().readTree(Json.writeBytes(written)))
                    .as("seed %d, %s", seed, message)
                    .isEqualTo(Json.mapper().readTree(SDK.writeValueAsBytes(message)));
            plain += written instanceof Map<?, ?> response && response.get("result") instanceof Map ? 1 : 0;
        }
        assertThat(plain).as("written without the SDK's mapper").isBetween(100, 1_999);
    }

    @Test
    void aResponseHasTheFieldsThatAreWritten() {
        assertThat(JSONRPCResponse.class.getRecordComponents())
                .extracting(RecordComponent::getName)
                .containsExactly("jsonrpc", "id", "result", "error");
    }

    /** Makes records of the SDK, whatever components they have. */
    private static final class Filler {

        private final Random random;
        private final int percent;

        /** @param percent how likely it is that a component is set that need not be */
        Filler(Random random, int percent) {
            this.random = random;
            this.percent = percent;
        }

        Record record(Class<?> type) throws ReflectiveOperationException {
            RecordComponent[] components = type.getRecordComponents();
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            Object[] values = new Object[components.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(components[i].getGenericType());
            }
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                if (random.nextInt(100) >= percent) {
                    values[i] = null;
                    try {
                        constructor.newInstance(values);
                    } catch (InvocationTargetException required) {
                        values[i] = value;
                    }
                }
            }
            return (Record) constructor.newInstance(values);
        }

        private Object value(Type type) throws ReflectiveOperationException {
            if (type instanceof ParameterizedType generic) {
                Type[] arguments = generic.getActualTypeArguments();
                if (generic.getRawType() == List.class) {
                    return random.nextInt(4) == 0 ? List.of() : List.of(value(arguments[0]), value(arguments[0]));
                }
                assertThat(generic.getRawType()).isEqualTo(Map.class);
                return random.nextInt(4) == 0 ? Map.of() : Map.of("n" + random.nextInt(9), value(arguments[1]));
            }
            Class<?> plain = (Class<?>) type;
            if (plain == String.class) {
                return "text \u00E9 " + random.nextInt(9);
            } else if (plain == Boolean.class || plain == boolean.class) {
                return random.nextBoolean();
            } else if (plain == Integer.class || plain == Object.class) {
                return random.nextInt(9);
            } else if (plain == Long.class) {
                return (long) random.nextInt(9);
            } else if (plain == Double.class) {
                return random.nextInt(9) / 8.0;
            } else if (plain.isEnum()) {
                return plain.getEnumConstants()[0];
            }
            return record(plain == Content.class ? TextContent.class : plain);
        }
    }
}
