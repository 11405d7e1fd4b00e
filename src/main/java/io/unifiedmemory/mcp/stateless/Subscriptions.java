package io.unifiedmemory.mcp.stateless;

import java.util.ArrayList;
import java.util.HashMap;
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

    /** Far more than a client shows at once. */
    private static final int MAX_RESOURCES = 1_000;

    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> followers = new HashMap<>();
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
        Set<String> resources = new LinkedHashSet<>();
        for (String uri : uris(filter.get("resourceSubscriptions"))) {
            if (offered.mayFollow(uri, request.caller())) {
                resources.add(uri);
            }
        }
        Subscription subscription = new Subscription(id, lists, List.copyOf(resources), this::ended);
        open.add(subscription);
        resources.forEach(uri -> count(uri, 1));
        return subscription;
    }

    private static List<String> uris(@Nullable Object sent) throws Refusal {
        if (sent == null) {
            return List.of();
        }
        List<String> uris = new ArrayList<>();
        if (sent instanceof List<?> list && list.size() <= MAX_RESOURCES) {
            list.forEach(uri -> uris.add(uri instanceof String text ? text : ""));
        }
        if (!(sent instanceof List<?> list) || uris.size() != list.size() || uris.contains("")) {
            throw Refusal.invalid("params.notifications.resourceSubscriptions must be a list of at most "
                    + MAX_RESOURCES + " addresses");
        }
        return uris;
    }

    private void ended(Subscription subscription) {
        open.remove(subscription);
        subscription.resources().forEach(uri -> count(uri, -1));
    }

    private void count(String uri, int more) {
        synchronized (followers) {
            int before = followers.getOrDefault(uri, 0);
            int after = before + more;
            if (after == 0) {
                followers.remove(uri);
            } else {
                followers.put(uri, after);
            }
            if (before == 0 || after == 0) {
                offered.follow(uri, after > 0);
            }
        }
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

    /** Tells everybody who follows a resource that it has changed or is gone. */
    public void resourceChanged(String uri) {
        for (Subscription subscription : open) {
            if (subscription.resources().contains(uri)) {
                subscription.tell("notifications/resources/updated", Map.of("uri", uri));
            }
        }
    }

    /** Answers every request that began one: the server ends. */
    void close() {
        List.copyOf(open).forEach(Subscription::complete);
    }
}
