package io.unifiedmemory.mcp.stateless;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who listens to what, of all clients. Thread-safe. */
public final class Subscriptions {

    /** The lists that a client can ask to hear of, each with the notification that tells of its change. */
    private static final Map<String, String> LISTS = Map.of(
            "toolsListChanged", "notifications/tools/list_changed",
            "promptsListChanged", "notifications/prompts/list_changed",
            "resourcesListChanged", "notifications/resources/list_changed");

    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();
    private final Listening offered;

    Subscriptions(Listening offered) {
        this.offered = offered;
    }

    /** Begins to listen to what a request asks for and this server offers. */
    Subscription open(Object id, Request request) throws Refusal {
        if (!(request.params().get("notifications") instanceof Map<?, ?> filter)) {
            throw Refusal.invalid("params.notifications must be an object that says what to listen to");
        }
        Set<String> lists = new LinkedHashSet<>();
        for (String list : LISTS.keySet().stream().sorted().toList()) {
            Object wanted = filter.get(list);
            if (wanted != null && !(wanted instanceof Boolean)) {
                throw Refusal.invalid("params.notifications." + list + " must be true or false");
            }
            if (Boolean.TRUE.equals(wanted) && offered.lists().contains(list)) {
                lists.add(list);
            }
        }
        Set<String> uris = new LinkedHashSet<>(uris(filter.get("resourceSubscriptions")));
        Subscription subscription = new Subscription(id, lists, offered, request.caller(), uris, open::remove);
        open.add(subscription);
        return subscription;
    }

    private static List<String> uris(@Nullable Object sent) throws Refusal {
        List<String> uris = new ArrayList<>();
        if (sent instanceof List<?> list) {
            for (Object uri : list) {
                if (!(uri instanceof String text)) {
                    throw noAddresses();
                }
                uris.add(text);
            }
        } else if (sent != null) {
            throw noAddresses();
        }
        return uris;
    }

    private static Refusal noAddresses() {
        return Refusal.invalid("params.notifications.resourceSubscriptions must be a list of addresses");
    }

    /** How many there are. */
    public int count() {
        return open.size();
    }

    /**
     * Tells everybody who wants to know that a list has changed.
     *
     * @param list by the name that a request has for it, such as {@code toolsListChanged}
     */
    public void listChanged(String list) {
        String notification = LISTS.get(list);
        if (notification == null) {
            throw new IllegalArgumentException("no list is called " + list);
        }
        for (Subscription subscription : open) {
            if (subscription.hears(list)) {
                subscription.tell(notification, Map.of());
            }
        }
    }

    /** Answers every request that began one: the server ends. */
    void close() {
        List.copyOf(open).forEach(Subscription::complete);
    }
}
