package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final Redaction WEB = Redaction.of(new ServerAddress.Http(
            URI.create("https://me:p%40ss@example.org/mcp?token=a%2Fb-c&plain"),
            Map.of("Authorization", "Bearer abc.def", "X-Key", "key-1", "Cookie", "a=first1; b=second2")));

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer abc.def", "abc.def", "key-1", "p%40ss", "p@ss", "a%2Fb-c", "a/b-c", "first1", "second2"})
    void whatIsSentOverHttpIsNotTold(String secret) {
        assertThat(WEB.text("the server said " + secret + " twice: " + secret))
                .isEqualTo("the server said *** twice: ***");
    }

    @Test
    void basicCredentialsAreNotToldDecodedEither() {
        Redaction basic = Redaction.of(
                new ServerAddress.Sse(URI.create("http://h/"), Map.of("authorization", "Basic bWU6cGFzc3dvcmQ=")));

        assertThat(basic.text("me:password, password, bWU6cGFzc3dvcmQ=")).isEqualTo("***, ***, ***");
    }

    @Test
    void secretsOfAChildAreNotToldAndItsPathsAre() {
        Redaction child = Redaction.of(new ServerAddress.Stdio(
                "npx",
                List.of(
                        "-y",
                        "server",
                        "--api-key",
                        "from-args",
                        "--token=inline",
                        "--url=https://a:b-pw@h/?k=query1",
                        "--header",
                        "Authorization: Bearer in-header"),
                Map.of(
                        "GITHUB_PERSONAL_ACCESS_TOKEN", "ghp_123",
                        "OPENAI_KEY", "sk-1",
                        "SOMETHING", "a1b2c3d4e5f6a7b8c9",
                        "DATABASE_URL", "postgres://u:db-pass@host/x",
                        "MEMORY_FILE_PATH", "/home/me/memory1234567890.jsonl",
                        "TOKEN_FILE", "/run/token",
                        "AUTH", "true")));

        assertThat(child.text("ghp_123 sk-1 a1b2c3d4e5f6a7b8c9 db-pass from-args inline b-pw query1 in-header"))
                .isEqualTo("*** *** *** *** *** *** *** *** ***");
        String told = "true server --api-key -y /home/me/memory1234567890.jsonl /run/token";
        assertThat(child.text(told)).isEqualTo(told);
    }

    @Test
    void aFailureIsTheSameWithoutSecretsInItselfAndItsCauses() {
        BackendException clean = new BackendException(Kind.REJECTED, "no", "why");
        BackendException cause = new BackendException(
                Kind.BROKEN, "broken", "", new IllegalArgumentException("invalid header value: \"key-1\""));

        assertThat(WEB.failure(clean)).isSameAs(clean);
        assertThat(WEB.failure(cause)).hasNoCause().hasMessage("broken");
        assertThat(WEB.failure(new IllegalStateException("key-1")).describe())
                .contains("***")
                .doesNotContain("key-1");
        IllegalStateException bug = new IllegalStateException("a bug");
        assertThat(WEB.unexpected(bug)).isSameAs(bug);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-y @scope/server /home/me/file.jsonl | -y @scope/server /home/me/file.jsonl",
                "--db /home/me/x.db --user me | --db /home/me/x.db --user me",
                "--token abcd --port 80 | --token *** --port 80",
                "--token=abcd | --token=***",
                "--token=${TOKEN} | --token=${TOKEN}",
                "--token=${TOKEN:-abcd} | --token=${TOKEN}",
                "https://me:pw@example.org/mcp?key=1 | https://example.org/mcp",
            })
    void argumentsAreShownWithoutSecrets(String arguments, String shown) {
        assertThat(String.join(" ", Redaction.masked(List.of(arguments.split(" ")))))
                .isEqualTo(shown);
    }
}
