package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChildProcessTest {

    @Test
    void aVariableThatIsNoNumberIsNoNesting() {
        assertThat(ChildProcess.nesting("2")).isEqualTo(2);
        assertThat(ChildProcess.nesting("x")).isZero();
        assertThat(ChildProcess.nesting("")).isZero();
        assertThat(ChildProcess.nesting("99999999999")).isZero();
    }
}
