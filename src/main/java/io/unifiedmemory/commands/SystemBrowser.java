package io.unifiedmemory.commands;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The web browser of the person at this machine. */
final class SystemBrowser {

    private SystemBrowser() {}

    /**
     * Opens a page, without waiting for it.
     *
     * @return false where there is no desktop, or nothing that opens pages
     */
    static boolean open(String address, Map<String, String> environment) {
        List<String> command = command(address, environment);
        if (command.isEmpty()) {
            return false;
        }
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return true;
        } catch (IOException e) {
            return false; // the caller prints the link
        }
    }

    private static List<String> command(String address, Map<String, String> environment) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (os.startsWith("windows")) {
            return List.of("rundll32", "url.dll,FileProtocolHandler", address);
        }
        if (os.startsWith("mac")) {
            return List.of("open", address);
        }
        boolean desktop = environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
        return desktop ? List.of("xdg-open", address) : List.of();
    }
}
