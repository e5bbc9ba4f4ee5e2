package org.convoy.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The JSON form of {@link Preprocessing}: kebab-case fields, transforms by the closed set of names
 * that {@link Transform} lists, never by class name. Strict: missing and unknown fields are errors.
 */
final class PreprocessingJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private PreprocessingJson() {}

  /** The record, its lists typed by field so that each transform carries its name. */
  static ObjectNode write(Preprocessing preprocessing) {
    return MAPPER.valueToTree(preprocessing);
  }

  static Preprocessing read(JsonNode tree) {
    try {
      return MAPPER.treeToValue(tree, Preprocessing.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a preprocessing: " + e.getOriginalMessage(), e);
    }
  }
}
