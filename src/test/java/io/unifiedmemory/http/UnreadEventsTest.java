package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.ByteBudget;
import org.junit.jupiter.api.Test;

class UnreadEventsTest {

    private static final int SHARE = 100;

    private final ByteBudget budget = new ByteBudget(4 * SHARE);
    private final UnreadEvents unread = new UnreadEvents(budget, "anna");

    @Test
    void anEventIsCountedUntilTheContainerHasTakenIt() {
        assertThat(unread.add(new byte[30])).isTrue();
        assertThat(unread.add(new byte[50])).isTrue();
        assertThat(budget.held()).isEqualTo(80);
        assertThat(unread.next()).hasSize(30);
        assertThat(budget.held()).as("the first is being written").isEqualTo(80);
        assertThat(unread.next()).hasSize(50);
        assertThat(budget.held()).isEqualTo(50);
        assertThat(unread.next()).isNull();
        assertThat(budget.held()).isZero();
        assertThat(unread.next()).isNull();
        assertThat(budget.held()).isZero();
    }

    @Test
    void whatDoesNotFitIntoTheShareIsNotTaken() {
        assertThat(unread.add(new byte[SHARE])).isTrue();
        assertThat(unread.add(new byte[1])).isFalse();
        assertThat(budget.held()).isEqualTo(SHARE);
        assertThat(unread.next()).hasSize(SHARE);
        assertThat(unread.next()).isNull();
    }

    @Test
    void aCommentIsNotCounted() {
        unread.addComment();
        assertThat(budget.held()).isZero();
        assertThat(unread.next()).containsExactly(':', '\n', '\n');
        assertThat(unread.next()).isNull();
        assertThat(budget.held()).isZero();
    }

    @Test
    void whatIsDroppedIsGivenBackOnce() {
        unread.add(new byte[30]);
        unread.add(new byte[50]);
        unread.next();
        unread.clear();
        assertThat(budget.held()).isZero();
        assertThat(unread.next()).isNull();
        unread.clear();
        assertThat(budget.held()).isZero();
    }
}
