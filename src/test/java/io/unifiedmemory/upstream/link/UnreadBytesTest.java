package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnreadBytesTest {

    private static final boolean REQUEST = true;
    private static final boolean NOTIFICATION = false;

    private final UnreadBytes unread = new UnreadBytes();

    @Test
    void whatFillsThePipeFitsAndOneByteMoreDoesNot() {
        assertThat(unread.add(4_095, REQUEST)).isTrue();
        assertThat(unread.add(1, NOTIFICATION)).isTrue();
        assertThat(unread.add(1, NOTIFICATION)).isFalse();
    }

    @Test
    void whoeverHasAnsweredEveryRequestHasReadThemAll() {
        assertThat(unread.add(4_000, REQUEST)).isTrue();
        unread.answered();
        assertThat(unread.add(4_000, REQUEST)).isTrue();
    }

    @Test
    void anAnswerToOneOfTwoRequestsSaysNothingOfTheOther() {
        unread.add(2_000, REQUEST);
        unread.add(2_000, REQUEST);
        unread.answered();
        assertThat(unread.add(1_000, REQUEST)).isFalse();
        unread.answered();
        unread.answered();
        assertThat(unread.add(1_000, REQUEST)).isTrue();
    }

    @Test
    void whatWasWrittenAfterTheLastRequestMayBeUnreadWhenThatIsAnswered() {
        unread.add(2_000, REQUEST);
        unread.add(2_000, NOTIFICATION);
        unread.answered();
        assertThat(unread.add(2_000, NOTIFICATION)).isTrue();
        assertThat(unread.add(2_000, REQUEST)).isFalse();
        unread.answered();
        assertThat(unread.add(4_096, REQUEST)).isTrue();
    }

    @Test
    void howeverMuchIsWrittenItIsNotTakenForLittle() {
        for (int i = 0; i < 10; i++) {
            assertThat(unread.add(Integer.MAX_VALUE, i % 2 == 0)).isFalse();
        }
        for (int i = 0; i < 5; i++) {
            unread.answered();
        }
        assertThat(unread.add(1, REQUEST))
                .as("behind a notification that is too large")
                .isFalse();
    }

    @Test
    void anAnswerToNothingChangesNothing() {
        unread.answered();
        assertThat(unread.add(4_000, REQUEST)).isTrue();
        assertThat(unread.add(4_000, REQUEST)).isFalse();
    }
}
