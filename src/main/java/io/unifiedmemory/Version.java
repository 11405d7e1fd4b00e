package io.unifiedmemory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of this program and of what it keeps outside its jar, which the build writes beside the classes. */
final class Version {

    private static final Properties VERSIONS = load();

    private Version() {}

    static String current() {
        return VERSIONS.getProperty("version");
    }

    /** Of the SQLite driver in the jar, whose native library belongs to it. */
    static String sqlite() {
        return VERSIONS.getProperty("sqlite");
    }

    private static Properties load() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties cannot be read: the jar is damaged", e);
        }
    }
}
