package org.convoy.image.transform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.convoy.settings.Variants;

/**
 * The JSON form of {@link Preprocessing}. Fields are in kebab-case. Transforms have the names that
 * {@link Transform} permits, never class names. Missing and unknown fields are errors.
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

  static {
    Variants.of(Transform.class)
        .forEach((name, type) -> MAPPER.registerSubtypes(new NamedType(type, name)));
  }

  private PreprocessingJson() {}

  /** The record. Its lists are typed by field, so that each transform has its name. */
  static ObjectNode write(Preprocessing preprocessing) {
    return MAPPER.valueToTree(preprocessing);
  }

  static Preprocessing read(JsonNode tree) {
    JsonNode current = tree.deepCopy();
    for (String list : List.of("training", "evaluation")) {
      for (JsonNode transform : current.path(list)) {
        if (transform instanceof ObjectNode fields) {
          renameEarlierFields(fields);
        }
      }
    }
    try {
      return MAPPER.treeToValue(current, Preprocessing.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a preprocessing: " + e.getOriginalMessage(), e);
    }
  }

  /** Converts a transform that an earlier version saved to the present fields. */
  private static void renameEarlierFields(ObjectNode transform) {
    if (transform.has("shorter-side")) {
      transform.set("size", transform.remove("shorter-side"));
    }
    pair(transform, "size", "height", "width");
    pair(transform, "area", "min-scale", "max-scale");
    pair(transform, "aspect", "min-ratio", "max-ratio");
  }

  private static void pair(ObjectNode transform, String field, String first, String second) {
    if (transform.has(first) && transform.has(second)) {
      transform.putArray(field).add(transform.remove(first)).add(transform.remove(second));
    }
  }
}
