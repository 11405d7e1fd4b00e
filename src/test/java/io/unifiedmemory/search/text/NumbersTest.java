package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "it cost $1,299.00            | 1299",
                "1.299,00 EUR                 | 1299",
                "CHF 1'299'000                | 1299000",
                "call (555) 123-4567          | 5551234567",
                "+1 555 123 4567              | 5551234567",
                "555.123.4567                 | 5551234567",
                "+49 (0)30 1234567            | 301234567",
                "0049 30 1234567              | 301234567",
                "030/1234567                  | 301234567",
                "0301234567                   | 301234567",
                "+353 1 234 5678              | ''",
                "v2.3.1                       | 2x3x1",
                "version 2.3.1                | 2x3x1",
                "v2.3                         | 2x3",
                "192.168.0.17                 | 192x168x0x17",
                "550E8400-e29b-41d4-a716-446655440000 | 550e8400e29b41d4a716446655440000",
                "2023-05-07 13:56             | ''",
                "from 2019-2023               | ''",
                "on 25.11.2026                | ''",
                "on 11/25/2026                | ''",
                "2.3                          | ''",
                "17                           | ''",
                "x2.3.1y                      | ''",
            })
    void haveOneTermHoweverTheyAreWritten(String text, String term) {
        assertThat(Numbers.of(text)).extracting(Token::term).isEqualTo(term.isEmpty() ? List.of() : List.of(term));
    }
}
