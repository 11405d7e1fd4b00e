package io.unifiedmemory.http;

import static io.unifiedmemory.http.StreamState.CLOSING;
import static io.unifiedmemory.http.StreamState.CLOSING_STALLED;
import static io.unifiedmemory.http.StreamState.ENDED;
import static io.unifiedmemory.http.StreamState.IDLE;
import static io.unifiedmemory.http.StreamState.STALLED;
import static io.unifiedmemory.http.StreamState.WRITING;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamStateTest {

    @ParameterizedTest
    @CsvSource({
        // state, onWritable, onWritten, onLook, onClose
        "IDLE, WRITING, IDLE, IDLE, ENDED",
        "WRITING, WRITING, IDLE, STALLED, CLOSING",
        "STALLED, WRITING, IDLE, ENDED, CLOSING_STALLED",
        "CLOSING, CLOSING, ENDED, CLOSING_STALLED, CLOSING",
        "CLOSING_STALLED, CLOSING, ENDED, ENDED, CLOSING_STALLED",
        "ENDED, ENDED, ENDED, ENDED, ENDED"
    })
    void everyTransition(
            StreamState state, StreamState writable, StreamState written, StreamState look, StreamState close) {
        assertThat(state.onWritable()).isEqualTo(writable);
        assertThat(state.onWritten()).isEqualTo(written);
        assertThat(state.onLook()).isEqualTo(look);
        assertThat(state.onClose()).isEqualTo(close);
    }

    @Test
    void aListenerThatReadsNothingBetweenTwoLooksIsGivenUp() {
        assertThat(WRITING.onLook().onLook()).isEqualTo(ENDED);
        assertThat(WRITING.onLook().onWritable().onLook()).isEqualTo(STALLED);
        assertThat(WRITING.onLook().onClose().onLook())
                .as("closing is no new chance")
                .isEqualTo(ENDED);
        assertThat(CLOSING.onLook().onLook()).isEqualTo(ENDED);
    }

    @Test
    void aListenerWithNothingToReadIsNotGivenUp() {
        assertThat(IDLE.onLook().onLook().onLook()).isEqualTo(IDLE);
    }

    @Test
    void aStreamThatIsToEndEndsBehindWhatIsLeft() {
        assertThat(WRITING.onClose().onWritable().onWritten()).isEqualTo(ENDED);
        assertThat(IDLE.onClose()).isEqualTo(ENDED);
    }

    @ParameterizedTest
    @EnumSource(StreamState.class)
    void eventsAreTakenUntilTheStreamIsToEnd(StreamState state) {
        assertThat(state.takesEvents()).isEqualTo(state != CLOSING && state != CLOSING_STALLED && state != ENDED);
        assertThat(state.onClose().takesEvents()).isFalse();
    }
}
