package io.unifiedmemory.harness;

import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import java.util.Map;

/** A validator for servers of the SDK whose tools look at their arguments themselves. */
public final class AcceptEverything implements JsonSchemaValidator {

    @Override
    public ValidationResponse validate(Map<String, Object> schema, Object content) {
        return ValidationResponse.asValid("");
    }

    @Override
    public ValidationResponse validateSchema(Map<String, Object> schema) {
        return ValidationResponse.asValid("");
    }
}
