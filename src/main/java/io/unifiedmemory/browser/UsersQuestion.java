package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.unified.reads.KnownHere;
import java.util.List;
import java.util.Map;

/** Whose memories the caller may look at: of a token its users, else everybody of whom something is known here. */
final class UsersQuestion implements Question {

    /** More than a person reads through; who is not among them is found by typing the id. */
    private static final int MOST = 1000;

    private final KnownHere known;

    UsersQuestion(KnownHere known) {
        this.known = known;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> arguments, Principal caller) {
        List<String> users = caller.isRestricted()
                ? caller.users().ids().stream().sorted().limit(MOST).toList()
                : known.users(null, MOST);
        return Map.of("users", users);
    }
}
