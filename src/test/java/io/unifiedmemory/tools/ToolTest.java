package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.util.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToolTest {

    private static Tool.Builder undecided() {
        return Tool.named("greet")
                .titled("Greet")
                .describedAs("Say hello.")
                .takes(Schema.object().required("name", Schema.string("Whom")).optional("loud", Schema.bool("")))
                .returns(Schema.object().required("greeting", Schema.string("")))
                .handledBy(call -> new ToolResult(Map.of("greeting", "hello")));
    }

    @Test
    void aToolOfWhichNobodySaidWhatItDoesToMemoriesCannotBeMade() {
        assertThatThrownBy(() -> undecided().about(ToolScope.NO_USER).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tool greet has no effect");
    }

    @Test
    void aToolOfWhichNobodySaidWhomItIsAboutCannotBeMade() {
        assertThatThrownBy(() -> undecided().reads().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tool greet has no scope");
    }

    @ParameterizedTest
    @EnumSource(Tool.Effect.class)
    void theEffectSaysWhatAClientIsTold(Tool.Effect effect) {
        Tool.Builder builder = undecided().about(ToolScope.ONE_USER);
        Tool tool = switch (effect) {
            case READS -> builder.reads().build();
            case WRITES -> builder.writes().build();
            case DESTROYS -> builder.destroys().build();
        };
        assertThat(tool.effect()).isEqualTo(effect);
        assertThat(tool.readOnly()).isEqualTo(effect == Tool.Effect.READS);
        assertThat(tool.destructive()).isEqualTo(effect == Tool.Effect.DESTROYS);
    }

    @Test
    void argumentsAndResultsMayHaveOthersBesideThem() {
        Tool tool = undecided().reads().about(ToolScope.NO_USER).build();
        assertThat(Json.write(tool.inputSchema()))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"description\":\"Whom\"},"
                                + "\"loud\":{\"type\":\"boolean\"}},\"required\":[\"name\"]}");
        assertThat(Json.write(tool.outputSchema()))
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"greeting\":{\"type\":\"string\"}},"
                        + "\"required\":[\"greeting\"]}");
    }

    @Test
    void anAliasDoesWhatTheOtherToolDoesForTheSameCallers() {
        Tool tool = undecided().destroys().about(ToolScope.ONE_USER).build();
        Tool alias = tool.alias("hail")
                .titled("Hail")
                .describedAs("Same as greet.")
                .takes(Schema.object())
                .build();
        assertThat(alias.effect()).isEqualTo(Tool.Effect.DESTROYS);
        assertThat(alias.scope()).isEqualTo(ToolScope.ONE_USER);
        assertThat(alias.handler()).isSameAs(tool.handler());
        assertThat(alias.outputSchema()).isEqualTo(tool.outputSchema());
        assertThat(alias.name()).isEqualTo("hail");
    }
}
