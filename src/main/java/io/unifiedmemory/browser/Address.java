package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.tools.AccessControl;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which memory a question is about: one that its caller may see. */
record Address(String userId, String key) {

    /** The memory that {@code user_id} and {@code key} name; a question about any other user's is refused. */
    static Address of(Map<String, Object> arguments, Principal caller, AccessControl access) {
        if (!(arguments.get("key") instanceof String key)) {
            throw RefusedQuestionException.wrong("user_id and key must name a memory");
        }
        return new Address(user(arguments, caller, access), key);
    }

    /** The user that {@code user_id} names; a question about any other than the caller may see is refused. */
    static String user(Map<String, Object> arguments, Principal caller, AccessControl access) {
        if (!(arguments.get("user_id") instanceof String named)) {
            throw RefusedQuestionException.wrong("user_id must name a user");
        }
        @Nullable String user = access.visible(caller, named);
        if (user == null) {
            throw RefusedQuestionException.forbidden("user_id must be one that this token is for");
        }
        return user;
    }
}
