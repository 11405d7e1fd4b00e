package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.store.postgres.TestStores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every question of the fixture gets the same answer from PostgreSQL as from a database file. */
class PostgresSearchQualityTest {

    @TempDir
    private Path folder;

    @Test
    void theRankingIsThatOfAFile() throws IOException {
        List<SearchEvaluation.Answered> expected =
                SearchEvaluation.run(SearchQualityTest.FIXTURE, folder.resolve("memory.db"));
        TestStores stores = new TestStores(PostgresServer.shared(), null);
        try {
            List<SearchEvaluation.Answered> answered = SearchEvaluation.run(SearchQualityTest.FIXTURE, stores.open());

            assertThat(answered).hasSize(SearchQualityTest.QUESTIONS).isEqualTo(expected);
        } finally {
            stores.drop();
        }
    }
}
