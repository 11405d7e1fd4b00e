package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.mcp.ConfirmationForm;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.QuestionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The person at a client whose requests stand alone: asked by an incomplete result, which the client answers by sending
 * the request again with what the person said. Immutable.
 */
final class AnsweredPerson implements Person {

    /** The question's name in a result and in the answer to it. */
    private static final String KEY = "confirm";

    private final boolean able;
    private final @Nullable Map<?, ?> response;

    private AnsweredPerson(boolean able, @Nullable Map<?, ?> response) {
        this.able = able;
        this.response = response;
    }

    /**
     * Whoever is at the client that sent a request.
     *
     * @throws Refusal when the request brings a state that this server did not give to this client for it
     */
    static AnsweredPerson of(Request request, RequestState states) throws Refusal {
        Map<String, Object> responses = request.object(RequestState.RESPONSES);
        boolean asked = states.open(request) != null;
        // What was answered without having been asked is no answer.
        Map<?, ?> response = asked && responses.get(KEY) instanceof Map<?, ?> given ? given : null;
        return new AnsweredPerson(ConfirmationForm.canBeShown(request.capabilities()), response);
    }

    @Override
    public Answer mayIt(String question) {
        if (response != null) {
            boolean accepted = "accept".equals(response.get("action"));
            return ConfirmationForm.answer(
                    accepted, response.get("content") instanceof Map<?, ?> content ? content : null);
        }
        if (!able) {
            return Answer.NOBODY_TO_ASK;
        }
        throw new QuestionException(question);
    }

    /** The result that asks a question. */
    static Map<String, Object> result(QuestionException asked, Request request, RequestState states) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("mode", "form");
        form.put("message", asked.question());
        form.put("requestedSchema", ConfirmationForm.schema());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("resultType", "input_required");
        result.put("inputRequests", Map.of(KEY, Map.of("method", "elicitation/create", "params", form)));
        result.put(RequestState.PARAMETER, states.seal(request, Map.of()));
        return result;
    }
}
