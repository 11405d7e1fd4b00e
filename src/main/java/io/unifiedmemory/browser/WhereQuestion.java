package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.Whereabouts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where a memory is: what each backend holds of it, and what is owed there. */
final class WhereQuestion implements Question {

    private final UnifiedMemory memory;
    private final AccessControl access;

    WhereQuestion(UnifiedMemory memory, AccessControl access) {
        this.memory = memory;
        this.access = access;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> arguments, Principal caller) {
        Address address = Address.of(arguments, caller, access);
        List<Map<String, Object>> copies = new ArrayList<>();
        for (Whereabouts.Copy copy : memory.whereabouts(address.userId(), address.key())) {
            copies.add(json(copy, caller));
        }
        return Map.of("copies", copies);
    }

    private static Map<String, Object> json(Whereabouts.Copy copy, Principal caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", copy.backend());
        json.put("type", copy.type());
        json.put("state", copy.state().name().toLowerCase(Locale.ROOT));
        json.put("owed", copy.owed());
        if (copy.updatedAt() != null) {
            json.put("updated_at", copy.updatedAt().toString());
        }
        if (copy.problem() != null) {
            json.put("problem", caller.isRestricted() ? "it did not answer" : copy.problem());
        }
        return json;
    }
}
