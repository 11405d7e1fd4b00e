package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

    @Test
    void everyPartIsRead() {
        PostgresUrl url = PostgresUrl.parse(
                "postgresql://anna:s3cret@db1.example.org:5433,db2,[::1]:6432/team?sslmode=require&connectTimeout=3");

        assertThat(url)
                .isEqualTo(new PostgresUrl(
                        "anna",
                        "s3cret",
                        List.of("db1.example.org:5433", "db2", "[::1]:6432"),
                        "team",
                        Map.of("sslmode", "require", "connectTimeout", "3")));
    }

    @Test
    void whatIsEncodedIsDecodedOnceAndAPlusStandsForItself() {
        PostgresUrl url = PostgresUrl.parse("postgres://j%C3%BCrgen%40corp:a+b%3A%2F%3F%2523%40@h/my%20team");

        assertThat(url.user()).isEqualTo("j\u00fcrgen@corp");
        assertThat(url.password()).isEqualTo("a+b:/?%23@");
        assertThat(url.database()).isEqualTo("my team");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://h/my%20team");
    }

    @Test
    void aPasswordMayHaveAnAtSignAndAColon() {
        PostgresUrl url = PostgresUrl.parse("postgresql://me:a@b:c@h/d");

        assertThat(url.user()).isEqualTo("me");
        assertThat(url.password()).isEqualTo("a@b:c");
        assertThat(url.hosts()).containsExactly("h");
    }

    @Test
    void parametersMayBeWrittenAsLibpqDoes() {
        assertThat(PostgresUrl.parse("postgresql://h/d?application_name=a%20b&connect_timeout=3&ssl_mode=disable")
                        .jdbc())
                .isEqualTo("jdbc:postgresql://h/d?ApplicationName=a%20b&connectTimeout=3&sslmode=disable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://h/d | postgresql://h/d?sslmode=verify-full",
                "postgresql://h/d?sslmode=disable | postgresql://h/d?sslmode=disable",
                "postgresql://localhost:5433/d | postgresql://localhost:5433/d",
                "postgresql://me:s3cret@127.0.0.1/d | postgresql://me@127.0.0.1/d",
                "postgresql://[::1]:5432/d | postgresql://[::1]:5432/d",
                "postgresql://127.0.0.1.example.org/d | postgresql://127.0.0.1.example.org/d?sslmode=verify-full",
                "postgresql://a,localhost/d?sslmode=disable | postgresql://a,localhost/d?connectTimeout=2&hostRecheckSeconds=1&sslmode=disable&targetServerType=primary",
                "postgresql://a,b/d?targetServerType=any&hostRecheckSeconds=9 | postgresql://a,b/d?connectTimeout=2&hostRecheckSeconds=9&sslmode=verify-full&targetServerType=any",
            })
    void whatIsMissingIsSafe(String written, String shown) {
        PostgresUrl url = PostgresUrl.parse(written).withDefaults(Map.of());

        assertThat(url.shown()).isEqualTo(shown);
        assertThat(url).hasToString(shown);
        assertThat(url.jdbc()).isEqualTo("jdbc:" + shown.replace("me@", ""));
    }

    @Test
    void theCertificateOfTheEnvironmentCountsUnlessTheAddressNamesOne() {
        Map<String, String> environment = Map.of("PGSSLROOTCERT", "/etc/ssl/ours.pem");

        assertThat(PostgresUrl.parse("postgresql://h/d")
                        .withDefaults(environment)
                        .jdbc())
                .isEqualTo("jdbc:postgresql://h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Fours.pem");
        assertThat(PostgresUrl.parse("postgresql://h/d?sslrootcert=system")
                        .withDefaults(environment)
                        .jdbc())
                .isEqualTo("jdbc:postgresql://h/d?sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
                        + "&sslmode=verify-full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://",
                "postgresql:///d",
                "postgresql://s3cret",
                "postgresql://h/",
                "postgresql://h/a/s3cret",
                "postgresql://me:s3cret@/d",
                "postgresql://me:s3/cret@h/d",
                "postgresql://me:s3?cret@h/d",
                "postgresql://me:s3#cret@h/d",
                "postgresql://me:s3%cret@h/d",
                "postgresql://me:s3cret%@h/d",
                "postgresql://me:s3cret%FF@h/d",
                "postgresql://me:s3cret%00@h/d",
                "postgresql://me:s3cret@h h/d",
                "postgresql://me:s3cret@h:0/d",
                "postgresql://me:s3cret@h:65536/d",
                "postgresql://me:s3cret@h:port/d",
                "postgresql://me:s3cret@a,,b/d",
                "postgresql://me:s3cret@%2Fvar%2Frun/d",
                "postgresql://me:s3cret@h/d%0Ae",
                "postgresql://me@h/d?password=s3cret",
                "postgresql://h/d?user=me",
                "postgresql://h/d?sslpassword=s3cret",
                "postgresql://h/d?socketFactory=s3cret",
                "postgresql://h/d?sslfactory=s3cret",
                "postgresql://h/d?options=-c%20s3cret",
                "postgresql://h/d?currentSchema=s3cret",
                "postgresql://h/d?sslmode=s3cret",
                "postgresql://h/d?sslmode=disable&sslmode=require",
                "postgresql://h/d?targetServerType=secondary",
                "postgresql://h/d?connectTimeout=s3cret",
                "postgresql://h/d?connectTimeout=",
                "postgresql://h/d?s3cret",
                "postgresql://h/d?&",
                "postgresql://h/d?sslrootcert=a%0As3cret",
                "jdbc:postgresql://me:s3cret@h/d",
            })
    void whatIsWrongIsRefusedWithoutShowingIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PostgresUrl.parse(text))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .doesNotContain("s3", "cret")
                        .hasSizeGreaterThan(20));
    }

    /** Whatever is written, it is refused, or no way to show it shows the password; and no parameter is smuggled in. */
    @Test
    void noTextBreaksOut() {
        Random random = new Random(7);
        String letters = "ab:/?#@%&=,[]. +\u00fc\uD83D\uDE00'\"\\;$2F5";
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder noise = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                noise.append(letters.charAt(random.nextInt(letters.length())));
            }
            String text =
                    "postgresql://me:PaSsWoRd" + noise + "@h" + (random.nextBoolean() ? "/d" : noise + "/d?" + noise);
            PostgresUrl[] url = new PostgresUrl[1];
            IllegalArgumentException refused = catchIllegalArgumentException(() -> url[0] = PostgresUrl.parse(text));
            if (refused == null) {
                read++;
                assertThat(url[0].shown() + url[0].jdbc() + url[0]).doesNotContain("PaSsWoRd");
                assertThat(PostgresUrl.parse(url[0].shown()))
                        .isEqualTo(new PostgresUrl(
                                url[0].user(), null, url[0].hosts(), url[0].database(), url[0].parameters()));
            } else {
                assertThat(refused).message().doesNotContain("PaSsWoRd");
            }
        }
        assertThat(read).isGreaterThan(500);
    }
}
