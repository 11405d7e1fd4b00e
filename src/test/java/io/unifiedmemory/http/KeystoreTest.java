package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A renewed certificate is taken up by a server that runs. */
@Timeout(120)
class KeystoreTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Path keystore;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        log.start();
        logger().addAppender(log);
        keystore = folder.resolve("server.p12");
        make(keystore, "first", PASSWORD);
        server = new TestServer(
                options -> new HttpOptions(
                        options.address(),
                        true,
                        true,
                        options.maxRequestBytes(),
                        options.sessionIdle(),
                        options.allowedHosts(),
                        options.allowedOrigins(),
                        false,
                        false,
                        new HttpOptions.Tls(keystore, PASSWORD)),
                Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        server.close();
        logger().detachAppender(log);
    }

    private static ch.qos.logback.classic.Logger logger() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Keystore.class);
    }

    @Test
    void aFileThatWasReplacedWrittenAnewOrLinkedElsewhereIsTakenUp() throws Exception {
        assertThat(served(keystore)).isEqualTo("CN=first");
        server.http.renew();
        assertThat(log.list).as("nothing has changed").isEmpty();

        Path second = folder.resolve("second.p12");
        make(second, "second", PASSWORD);
        Files.copy(second, folder.resolve("new.p12"));
        Files.move(folder.resolve("new.p12"), keystore, StandardCopyOption.ATOMIC_MOVE);
        server.http.renew();
        assertThat(served(second)).isEqualTo("CN=second");

        Path third = folder.resolve("third.p12");
        make(third, "third", PASSWORD);
        Files.write(keystore, Files.readAllBytes(third));
        server.http.renew();
        assertThat(served(third)).isEqualTo("CN=third");

        Files.delete(keystore);
        Files.createSymbolicLink(keystore, second);
        server.http.renew();
        assertThat(served(second)).isEqualTo("CN=second");
        assertThat(log.list)
                .hasSize(3)
                .allMatch(event -> event.getFormattedMessage().contains("new connections"));
    }

    @Test
    void aFileThatCannotBeUsedIsSaidOnceAndTheOldOneGoesOn() throws Exception {
        Path first = folder.resolve("first.p12");
        Files.copy(keystore, first);
        Path other = folder.resolve("other.p12");
        make(other, "other", "another password");
        byte[] whole = Files.readAllBytes(first);

        Files.write(keystore, Arrays.copyOf(whole, whole.length / 2));
        server.http.renew();
        server.http.renew();
        Files.write(keystore, new byte[0]);
        server.http.renew();
        Files.write(keystore, Files.readAllBytes(other));
        server.http.renew();
        Files.delete(keystore);
        server.http.renew();

        assertThat(served(first)).isEqualTo("CN=first");
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getFormattedMessage())
                .contains(keystore.toString(), "the old one goes on")
                .doesNotContain(PASSWORD);

        Path second = folder.resolve("second.p12");
        make(second, "second", PASSWORD);
        Files.copy(second, keystore);
        server.http.renew();
        assertThat(served(second)).isEqualTo("CN=second");
    }

    @Test
    void oneThatCannotBeUsedAtTheStartIsSaid() throws Exception {
        Path wrong = folder.resolve("wrong.p12");
        make(wrong, "wrong", "another password");
        assertThatThrownBy(() -> Keystore.open(new HttpOptions.Tls(wrong, PASSWORD)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(wrong.toString())
                .hasMessageNotContaining(PASSWORD);
    }

    /** The subject of the certificate that a new connection is shown, which must be the one in the file. */
    private String served(Path trusted) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance(trusted.toFile(), PASSWORD.toCharArray());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.wire.port())) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    private static void make(Path file, String name, String password) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        password)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }
}
