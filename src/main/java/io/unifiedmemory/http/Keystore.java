package io.unifiedmemory.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.Map;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with this server's certificate and key, which is read again when it has changed. A file that cannot be used,
 * such as one that is half written, is logged once, and the keys that were read before stay in use. Thread-safe.
 */
final class Keystore {

    private static final Logger LOG = LoggerFactory.getLogger(Keystore.class);

    private final Path file;
    private final String password;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private @Nullable Map<String, Object> read;
    private boolean failed;

    private Keystore(HttpOptions.Tls tls) {
        file = tls.keystore();
        password = tls.password();
    }

    /** Reads the file; throws when it cannot be used. */
    static Keystore open(HttpOptions.Tls tls) throws IOException {
        if (!Files.isReadable(tls.keystore())) {
            throw new IOException("the keystore " + tls.keystore() + " is not there, or may not be read");
        }
        Keystore keystore = new Keystore(tls);
        try {
            keystore.read = keystore.state();
            keystore.give(keystore.factory, keystore.load());
            return keystore;
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("the keystore " + tls.keystore() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** The factory of TLS connections; the container starts it. */
    SslContextFactory.Server factory() {
        return factory;
    }

    /** Reads the file again if it has changed since the last look. Open connections keep the key that they have. */
    synchronized void renew() {
        try {
            Map<String, Object> state = state();
            if (state.equals(read)) {
                return;
            }
            KeyStore changed = load();
            requireUsable(changed);
            factory.reload(ssl -> give(factory, changed));
            read = state;
            failed = false;
            LOG.warn("the keystore {} has changed: new connections use it", file);
        } catch (Exception e) {
            if (!failed) {
                failed = true;
                LOG.error(
                        "the keystore {} has changed and cannot be used, the old one goes on: {}", file, e.toString());
            }
        }
    }

    /** Tries the keys in a factory of their own: one that failed to reload would have no key at all. */
    private void requireUsable(KeyStore keys) throws Exception {
        SslContextFactory.Server trial = new SslContextFactory.Server();
        give(trial, keys);
        trial.start();
        trial.stop();
    }

    private void give(SslContextFactory.Server ssl, KeyStore keys) {
        ssl.setKeyStore(keys);
        ssl.setKeyStorePassword(password);
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(file.toFile(), password.toCharArray());
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)) {
                keys.getKey(alias, password.toCharArray());
                return keys;
            }
        }
        throw new IOException("it holds no key");
    }

    private Map<String, Object> state() throws IOException {
        return Files.readAttributes(file, "lastModifiedTime,size,fileKey");
    }
}
