package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.RequestGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the server listens.
 *
 * @param host a name or an address, without the brackets of an IPv6 address
 * @param port 0 for any that is free
 */
public record ListenAddress(String host, int port) {

    /** The port at which clients expect this server. */
    static final int DEFAULT_PORT = 7411;

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]:]*))(?::(\\d{1,5}))?");
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    /**
     * Reads {@code host:port}, {@code host}, {@code :port} or {@code port}; what is left out has its default.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static ListenAddress parse(String text) {
        Matcher form = FORM.matcher(text.matches("\\d{1,5}") ? ":" + text : text);
        if (!form.matches()) {
            throw new IllegalArgumentException("an address must be host:port, host or port, not " + text);
        }
        String name = form.group(1) != null ? form.group(1) : form.group(2);
        int port = form.group(3) == null ? DEFAULT_PORT : Integer.parseInt(form.group(3));
        if (port > 65_535) {
            throw new IllegalArgumentException("a port must be a number from 0 to 65535, not " + port);
        }
        return new ListenAddress(name.isEmpty() ? DEFAULT_HOST : name.toLowerCase(Locale.ROOT), port);
    }

    /** Whether only programs of this machine can connect. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** From where clients can connect. */
    RequestGuard.Reach reach() {
        if (isLoopback()) {
            return RequestGuard.Reach.LOOPBACK;
        }
        return WILDCARDS.contains(host) ? RequestGuard.Reach.EVERY_ADDRESS : RequestGuard.Reach.ONE_ADDRESS;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
