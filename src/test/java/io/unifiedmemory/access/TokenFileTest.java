package io.unifiedmemory.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.unifiedmemory.access.AuthenticationException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final UserSet ANNA = UserSet.of(Set.of("anna"));

    @TempDir
    private Path folder;

    private Path path() {
        return folder.resolve("sub").resolve("tokens.json");
    }

    private TokenFile file() {
        return new TokenFile(path(), CLOCK);
    }

    private Authenticator authenticator(Clock clock) {
        return new TokenFile(path(), clock).authenticator();
    }

    private void write(String text) throws IOException {
        Files.createDirectories(path().getParent());
        Files.writeString(path(), text);
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
    }

    private static void assertRefused(Authenticator authenticator, String token, Kind kind) {
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .asInstanceOf(type(AuthenticationException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(token.isEmpty() ? "umt_" : token));
    }

    @Test
    void aTokenLetsInAsWhatItWasMadeFor() {
        String text = file().create("laptop", ANNA, Scope.READ, null).text();
        Principal bearer = authenticator(CLOCK).authenticate(text);
        assertThat(bearer.users()).isEqualTo(ANNA);
        assertThat(bearer.scope()).isEqualTo(Scope.READ);
        String all = file().create("", UserSet.ALL, Scope.READ_WRITE, null).text();
        assertThat(authenticator(CLOCK).authenticate(all).users()).isEqualTo(UserSet.ALL);
    }

    @Test
    void theFileHoldsNoSecretAndBelongsToItsOwnerAlone() throws IOException {
        Tokens.Created created = file().create("laptop", ANNA, Scope.READ, NOW.plusSeconds(5));
        String secret = TokenSecret.parse(created.text()).secret();
        assertThat(Files.readString(path()))
                .doesNotContain(secret)
                .contains(created.token().hash(), "anna");
        assertThat(created + "" + created.token() + TokenSecret.parse(created.text()))
                .doesNotContain(secret);
        try (Stream<Path> files = Files.list(path().getParent())) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void twoTokensHaveNothingInCommonAndFullLength() {
        TokenSecret one = TokenSecret.random();
        TokenSecret other = TokenSecret.random();
        assertThat(one.secret()).hasSize(43).isNotEqualTo(other.secret());
        assertThat(one.id()).isNotEqualTo(other.id());
        assertThat(TokenSecret.parse(one.text())).isEqualTo(one);
    }

    @Test
    void aTokenEndsAtItsHour() {
        String text = file().create("", ANNA, Scope.READ, NOW.plus(Duration.ofDays(1)))
                .text();
        Clock before = Clock.fixed(NOW.plus(Duration.ofDays(1)).minusMillis(1), ZoneOffset.UTC);
        assertThat(authenticator(before).authenticate(text).users()).isEqualTo(ANNA);
        Clock then = Clock.fixed(NOW.plus(Duration.ofDays(1)), ZoneOffset.UTC);
        assertRefused(authenticator(then), text, Kind.INVALID);
    }

    @Test
    void aRevokedTokenEndsInARunningServerAndOthersGoOn() {
        Tokens.Created first = file().create("first", ANNA, Scope.READ, null);
        Tokens.Created second = file().create("second", ANNA, Scope.READ, null);
        Authenticator running = authenticator(CLOCK);
        assertThat(running.authenticate(first.text()).users()).isEqualTo(ANNA);
        assertThat(file().revoke("first")).isEqualTo(first.token());
        assertRefused(running, first.text(), Kind.INVALID);
        assertThat(running.authenticate(second.text()).users()).isEqualTo(ANNA);
        assertThat(file().revoke(second.token().id())).isEqualTo(second.token());
        assertRefused(running, second.text(), Kind.INVALID);
        assertThat(file().revoke("second")).isNull();
    }

    @Test
    void aTokenMadeWhileTheServerRunsIsGoodAtOnce() {
        Authenticator running = authenticator(CLOCK);
        assertRefused(running, "", Kind.INVALID);
        String text = file().create("", ANNA, Scope.READ, null).text();
        assertThat(running.authenticate(text).users()).isEqualTo(ANNA);
    }

    @Test
    void aForgedSecretUnderAKnownIdIsRefused() {
        String text = file().create("", ANNA, Scope.READ, null).text();
        Authenticator running = authenticator(CLOCK);
        char last = text.charAt(text.length() - 1);
        assertRefused(running, text.substring(0, text.length() - 1) + (last == 'A' ? 'E' : 'A'), Kind.INVALID);
        assertRefused(running, text + "A", Kind.INVALID);
        assertRefused(running, text.substring(0, text.length() - 1), Kind.INVALID);
        assertRefused(running, text.toUpperCase(Locale.ROOT), Kind.INVALID);
    }

    @Test
    void theHashInTheFileIsNoToken() {
        Token token = file().create("", ANNA, Scope.READ, null).token();
        assertRefused(authenticator(CLOCK), "umt_" + token.id() + "_" + token.hash(), Kind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"tokens\":{}}",
                "{\"tokens\":[1]}",
                "{\"tokens\":[{\"id\":\"a\",\"name\":\"\",\"sha256\":\"00\",\"users\":\"all\",\"scope\":\"read\","
                        + "\"created\":\"2026-11-22T12:00:00Z\"}]}",
                "{\"tokens\":[{\"id\":\"a\",\"name\":\"\",\"sha256\":"
                        + "\"0000000000000000000000000000000000000000000000000000000000000000\",\"users\":[],"
                        + "\"scope\":\"read\",\"created\":\"2026-11-22T12:00:00Z\"}]}",
                "{\"tokens\":[{\"id\":\"a\",\"name\":\"\",\"sha256\":"
                        + "\"0000000000000000000000000000000000000000000000000000000000000000\",\"users\":\"all\","
                        + "\"scope\":\"read\",\"created\":\"2026-11-22T12:00:00Z\",\"expire\":\"2026\"}]}"
            })
    void aDamagedFileLetsNobodyInAndIsNotOverwritten(String damaged) throws IOException {
        Tokens.Created created = file().create("", ANNA, Scope.READ, null);
        Authenticator running = authenticator(CLOCK);
        assertThat(running.authenticate(created.text()).users()).isEqualTo(ANNA);
        write(damaged);
        assertRefused(running, created.text(), Kind.UNAVAILABLE);
        assertThatThrownBy(() -> file().create("", ANNA, Scope.READ, null))
                .isInstanceOf(TokensException.class)
                .hasMessageContaining("is damaged");
        assertThat(path()).hasContent(damaged);
    }

    @Test
    void aFileThatOthersMayWriteLetsNobodyIn() throws IOException {
        Tokens.Created created = file().create("", ANNA, Scope.READ, null);
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw----"));
        assertRefused(authenticator(CLOCK), created.text(), Kind.UNAVAILABLE);
        assertThatThrownBy(() -> file().tokens())
                .isInstanceOf(TokensException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aNameIsTakenOnlyOnce() {
        file().create("laptop", ANNA, Scope.READ, null);
        assertThatThrownBy(() -> file().create("laptop", ANNA, Scope.READ, null))
                .isInstanceOf(TokensException.class);
        file().create("", ANNA, Scope.READ, null);
        file().create("", ANNA, Scope.READ, null);
        assertThat(file().tokens()).hasSize(3);
        assertThat(file().revoke("")).as("no name is no name to revoke").isNull();
    }

    @Test
    void tokensMadeAtOnceAreAllKept() throws Exception {
        int writers = 8;
        int each = 10;
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        List<Future<List<String>>> made = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            made.add(pool.submit(() -> {
                List<String> texts = new ArrayList<>();
                for (int j = 0; j < each; j++) {
                    texts.add(file().create("", ANNA, Scope.READ, null).text());
                }
                return texts;
            }));
        }
        Authenticator running = authenticator(CLOCK);
        for (Future<List<String>> texts : made) {
            for (String text : texts.get()) {
                assertThat(running.authenticate(text).users()).isEqualTo(ANNA);
            }
        }
        pool.shutdown();
        assertThat(file().tokens()).hasSize(writers * each);
    }

    @Test
    void aTokenIsRevokedInTheFileBehindALink() throws IOException {
        Tokens.Created made = file().create("laptop", ANNA, Scope.READ, null);
        Authenticator running = authenticator(CLOCK);
        assertThat(running.authenticate(made.text()).users()).isEqualTo(ANNA);
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), path());
        assertThat(new TokenFile(link, CLOCK).revoke("laptop")).isNotNull();
        assertThat(link).isSymbolicLink();
        assertRefused(running, made.text(), Kind.INVALID);
    }

    @Test
    void whatFailsOrChangesNothingTouchesNothing() throws IOException {
        assertThat(file().revoke("nope")).isNull();
        assertThat(path().getParent()).doesNotExist();
        file().create("laptop", ANNA, Scope.READ, null);
        FileTime old = FileTime.from(NOW.minusSeconds(60));
        Files.setLastModifiedTime(path(), old);
        Files.delete(path().resolveSibling("tokens.json.lock"));

        assertThat(file().revoke("nope")).isNull();
        assertThatThrownBy(() -> file().create("laptop", ANNA, Scope.READ, null))
                .isInstanceOf(TokensException.class);

        assertThat(Files.getLastModifiedTime(path())).isEqualTo(old);
        try (Stream<Path> files = Files.list(path().getParent())) {
            assertThat(files).containsExactly(path());
        }
    }

    @Test
    void theLastTokenRevokedLeavesAFileThatLetsNobodyInUntilThereIsAnother() {
        Tokens.Created only = file().create("", ANNA, Scope.READ, null);
        Authenticator authenticator = authenticator(CLOCK);
        assertThat(authenticator.authenticate(only.text()).users()).isEqualTo(ANNA);

        file().revoke(only.token().id());

        assertRefused(authenticator, only.text(), Kind.INVALID);
        assertThat(new AccessOptions(path(), false, null, null, 0, 0, 0).authenticates(file()))
                .isTrue();
        Tokens.Created next = file().create("", ANNA, Scope.READ, null);
        assertThat(authenticator.authenticate(next.text()).users()).isEqualTo(ANNA);
    }

    @Test
    void permissionsAreNoticedWhenTheyChangeAndNothingElseDoes() throws IOException {
        Tokens.Created token = file().create("", ANNA, Scope.READ, null);
        FileTime written = Files.getLastModifiedTime(path());
        Authenticator authenticator = authenticator(CLOCK);
        for (int i = 0; i < 3; i++) {
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertRefused(authenticator, token.text(), Kind.UNAVAILABLE);
            Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
            assertThat(authenticator.authenticate(token.text()).users()).isEqualTo(ANNA);
        }
        assertThat(Files.getLastModifiedTime(path())).isEqualTo(written);
    }

    @Test
    void aLinkThatLeadsElsewhereIsNoticed() throws IOException {
        TokenFile one = new TokenFile(folder.resolve("one.json"), CLOCK);
        TokenFile two = new TokenFile(folder.resolve("two.json"), CLOCK);
        String first = one.create("", ANNA, Scope.READ, null).text();
        String second = two.create("", ANNA, Scope.READ, null).text();
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), folder.resolve("one.json"));
        Authenticator authenticator = new TokenFile(link, CLOCK).authenticator();
        assertThat(authenticator.authenticate(first).users()).isEqualTo(ANNA);

        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("two.json"));

        assertRefused(authenticator, first, Kind.INVALID);
        assertThat(authenticator.authenticate(second).users()).isEqualTo(ANNA);
    }

    @Test
    void theLastUseIsNotedNowAndThenBesideTheFileAndForgottenWithTheToken() throws IOException {
        Tokens.Created token = file().create("", ANNA, Scope.READ, null);
        String content = Files.readString(path());
        FileTime written = Files.getLastModifiedTime(path());
        assertThat(file().use().last(token.token())).isNull();
        Authenticator one = authenticator(CLOCK);
        Clock later = Clock.offset(CLOCK, TokenUse.BETWEEN_NOTES);
        Authenticator another = authenticator(later);

        one.authenticate(token.text());
        assertThat(file().use().last(token.token())).isEqualTo(NOW);
        another.authenticate(token.text());
        assertThat(file().use().last(token.token())).isEqualTo(NOW.plus(TokenUse.BETWEEN_NOTES));
        one.authenticate(token.text());
        assertThat(file().use().last(token.token()))
                .as("noted only now and then")
                .isEqualTo(NOW.plus(TokenUse.BETWEEN_NOTES));
        assertRefused(one, token.text().substring(0, token.text().length() - 1) + "_", Kind.INVALID);

        assertThat(Files.readString(path())).isEqualTo(content);
        assertThat(Files.getLastModifiedTime(path())).isEqualTo(written);
        file().revoke(token.token().id());
        try (Stream<Path> notes = Files.list(path().resolveSibling("tokens.json.used"))) {
            assertThat(notes).isEmpty();
        }
    }

    @Test
    void aUseThatCannotBeNotedIsNoReasonToRefuse() throws IOException {
        Tokens.Created token = file().create("", ANNA, Scope.READ, null);
        Files.writeString(path().resolveSibling("tokens.json.used"), "a file where the folder should be");

        assertThat(authenticator(CLOCK).authenticate(token.text()).users()).isEqualTo(ANNA);
    }
}
