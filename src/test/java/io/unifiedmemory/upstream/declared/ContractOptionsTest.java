package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.util.Json;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContractOptionsTest {

    private static final String FIND =
            "'find': {'tool': 'get', 'arguments': {'key': '=hash'}, 'items': 'reply.json.items'}";
    private static final String CREATE = "'create': {'tool': 'put', 'arguments': {'key': '=hash', 'text': '=text'}}";
    private static final String DELETE = "'delete': {'tool': 'drop', 'arguments': {'key': '=id'}}";
    private static final String MIRROR = FIND + ", " + CREATE + ", " + DELETE;

    @Test
    void aMirrorNeedsThreeOperationsAndKeeps() {
        assertThat(read(MIRROR).capabilities()).containsExactly(Capability.KEEP);
    }

    @Test
    void aSourceOnlySearches() {
        assertThat(
                        read("'mode': 'source', 'search': {'tool': 's', 'arguments': {'q': '=query'}, 'items': 'reply.json'}")
                                .capabilities())
                .containsExactly(Capability.SEARCH);
    }

    /** A mistake is told by its place, so that whoever wrote it finds it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'find': {}                                       | contracts.x.find.tool is missing
            'fnd': {}                                        | contracts.x.fnd is unknown
            'mode': 'miror'                                  | contracts.x.mode must be one of mirror, source
            'settleMs': -1                                   | contracts.x.settleMs must be a whole number from 0
            'limits': {'text': 0}                            | contracts.x.limits.text must be a whole number from 1
            'limits': {'texts': 5}                           | contracts.x.limits.texts is unknown
            'errors': [{'when': 'reply.('}]                  | contracts.x.errors[0].when is no JSONata
            'errors': [{'when': 'true', 'kind': 'LOST'}]     | contracts.x.errors[0].kind must be one of BROKEN
            'errors': ['x']                                  | contracts.x.errors[0] must be an object
            'forbids': [1]                                   | contracts.x.forbids must hold texts only
            'requires': {'a': 'b'}                           | contracts.x.requires.a must be an array
            'serial': 'yes'                                  | contracts.x.serial must be true or false
            'users': 'each'                                  | contracts.x.users has no meaning for a mirror
            'search': {'tool': 's', 'items': 'x', 'more': 'y'} | contracts.x.search.more has no meaning here
            'list': {'tool': 's'}                            | contracts.x.list.items is missing
            'update': {'tool': 's', 'items': 'x'}            | contracts.x.update.items has no meaning here
            'update': {'tool': 's', 'arguments': {'a': [{'b': '=('}]}} | contracts.x.update.arguments.a[0].b is no JSONata
            """)
    void aMistakeIsToldByItsPlace(String part, String message) {
        String rest = part.startsWith("'find'") ? CREATE + ", " + DELETE : MIRROR;
        assertThatThrownBy(() -> read(part + ", " + rest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void whatItCannotDoIsToldWithTheReason() {
        assertThat(read(MIRROR + ", 'title': 'Notes', 'without': {'list': 'it shows ten only'}")
                        .summary())
                .isEqualTo("Notes; no search: the contract does not declare how; no list: it shows ten only");
    }

    @Test
    void aDeleteThatNamesNothingToDeleteIsRefused() {
        assertThatThrownBy(
                        () -> read(FIND + ", " + CREATE + ", 'delete': {'tool': 'drop', 'arguments': {'all': true}}"))
                .hasMessageStartingWith("contracts.x.delete.arguments must say what to delete");
    }

    @Test
    void whatCannotBeFoundAgainIsNoMirror() {
        assertThatThrownBy(() -> read(CREATE + ", " + DELETE))
                .hasMessageStartingWith("contracts.x.find is missing")
                .hasMessageEndingWith("set mode to source");
    }

    @Test
    void aSourceHasNothingThatWrites() {
        assertThatThrownBy(() -> read("'mode': 'source', " + MIRROR))
                .hasMessageContaining("has no meaning for a source");
        assertThatThrownBy(() -> read("'mode': 'source'")).hasMessage("contracts.x must declare search or list");
        assertThatThrownBy(() -> read("'mode': 'source', 'users': 'each',"
                        + " 'search': {'tool': 's', 'arguments': {'q': '=query'}, 'items': 'reply.json'}"))
                .hasMessage("contracts.x.search must use the variable user, because users is each");
    }

    @ParameterizedTest
    @MethodSource("io.unifiedmemory.upstream.declared.ContractOptions#presetNames")
    void everyPresetIsReadAndSaysWhatItWasWrittenFor(String name) {
        ContractOptions preset = Objects.requireNonNull(ContractOptions.preset(name));

        assertThat(preset.version()).matches("(run against|written from the source of) .*\\d.*");
    }

    private static ContractOptions read(String fields) {
        return ContractOptions.read("x", Json.parseObject("{" + fields.replace('\'', '"') + "}"), "contracts.x");
    }
}
