package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

class SseEndpointTest {

    private static final URI STREAM = URI.create("http://host:1/base/sse?key=a%2Fb");

    @Test
    void resolvesTheAnnouncedAddressAgainstThatOfTheStream() {
        assertThat(postedTo("/messages?session=1")).isEqualTo("http://host:1/messages?session=1");
        assertThat(postedTo("messages?session=1")).isEqualTo("http://host:1/base/messages?session=1");
        assertThat(postedTo("http://host:1/other?x=%20")).isEqualTo("http://host:1/other?x=%20");
    }

    @Test
    void refusesToSendHeadersElsewhere() {
        assertThatThrownBy(() -> postedTo("http://evil:1/messages")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> postedTo("https://host:1/messages")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> postedTo("//evil/messages")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String postedTo(String announced) {
        SseEndpoint endpoint = new SseEndpoint();
        endpoint.announced(STREAM, announced);
        HttpRequest.Builder request = HttpRequest.newBuilder(STREAM);
        endpoint.address(request, "POST");
        return request.build().uri().toString();
    }
}
