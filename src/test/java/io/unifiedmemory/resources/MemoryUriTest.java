package io.unifiedmemory.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of memories, by RFC 3986 and RFC 6570. */
class MemoryUriTest {

    @ParameterizedTest
    @CsvSource({
        "alice, color, memory://alice/color",
        "alice, project-x/deadline, memory://alice/project-x%2Fdeadline",
        "a b, 50% + 1?, memory://a%20b/50%25%20%2B%201%3F",
        "älva, ключ~_., memory://%C3%A4lva/%D0%BA%D0%BB%D1%8E%D1%87~_.",
        "u@x.org, 👍#:, memory://u%40x.org/%F0%9F%91%8D%23%3A",
        "anna/notes, {k}, memory://anna%2Fnotes/%7Bk%7D"
    })
    void everythingButUnreservedCharactersIsEncoded(String user, String key, String uri) {
        MemoryUri memory = new MemoryUri(user, key);

        assertThat(memory).hasToString(uri);
        assertThat(MemoryUri.parse(uri)).isEqualTo(memory);
        assertThat(URI.create(uri).toASCIIString()).isEqualTo(uri);
    }

    @Test
    void everyCharacterComesBack() {
        StringBuilder all = new StringBuilder();
        for (int c = 0x20; c < 0x11000; c += c < 0x100 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }
        MemoryUri memory = new MemoryUri(all.toString(), all.reverse().toString());

        assertThat(MemoryUri.parse(memory.toString())).isEqualTo(memory);
        assertThat(memory.toString().getBytes(StandardCharsets.US_ASCII))
                .asString()
                .isEqualTo(memory.toString());
    }

    /** A person or a model writes an address by hand. */
    @ParameterizedTest
    @CsvSource({
        "MEMORY://alice/color, color",
        "memory://alice/project-x/deadline, project-x/deadline",
        "memory://alice/a%2fb, a/b",
        "memory://alice/%63olor, color"
    })
    void otherSpellingsOfAnAddressAreRead(String uri, String key) {
        assertThat(MemoryUri.parse(uri)).isEqualTo(new MemoryUri("alice", key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "memory:",
                "memory://",
                "memory://alice",
                "memory://alice/",
                "memory:///color",
                "memory:/alice/color",
                "file://alice/color",
                "memory://alice/a b",
                "memory://alice/color?x",
                "memory://alice/color#x",
                "memory://alice/50%",
                "memory://alice/50%2",
                "memory://alice/50%zz",
                "memory://alice/%+1",
                "memory://alice/%C3",
                "memory://alice/%ED%A0%80",
                "memory://älva/color",
                "memory://{user_id}/{key}"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThat(MemoryUri.parse(text)).isNull();
    }
}
