package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import java.util.Map;

/** One thing that the page can ask for. Called from many threads at once. */
@FunctionalInterface
interface Question {

    /**
     * The answer.
     *
     * @throws RefusedQuestionException when this caller may not ask it, or it is not complete
     */
    Map<String, Object> answer(Map<String, Object> arguments, Principal caller);
}
