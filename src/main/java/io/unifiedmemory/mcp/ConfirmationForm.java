package io.unifiedmemory.mcp;

import io.unifiedmemory.tools.Person;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one question that this server has for a person, as a form of the protocol's elicitation: whether something may be
 * done. Stateless.
 */
public final class ConfirmationForm {

    private static final String FIELD = "confirm";

    private ConfirmationForm() {}

    /**
     * Whether a client can show a form to a person.
     *
     * @param capabilities as the client declares them; a client that names no mode can show forms
     */
    public static boolean canBeShown(Map<?, ?> capabilities) {
        return capabilities.get("elicitation") instanceof Map<?, ?> modes
                && (modes.isEmpty() || modes.get("form") instanceof Map);
    }

    /** The fields of the form, as a JSON schema. */
    public static Map<String, Object> schema() {
        Map<String, Object> field = Map.of("type", "boolean", "title", "Yes, do it", "default", false);
        return Map.of("type", "object", "properties", Map.of(FIELD, field), "required", List.of(FIELD));
    }

    /**
     * What the person has answered. Whoever sends the form without agreeing has not agreed.
     *
     * @param accepted whether the form was sent
     * @param content its fields
     */
    public static Person.Answer answer(boolean accepted, @Nullable Map<?, ?> content) {
        return accepted && content != null && Boolean.TRUE.equals(content.get(FIELD))
                ? Person.Answer.YES
                : Person.Answer.NO;
    }
}
