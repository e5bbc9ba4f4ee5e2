package org.convoy.artifact;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;

/**
 * A JSON document that carries its own SHA-256 under {@code sealed_sha256}. Manifests use it,
 * because no other file holds their digest. The digest covers the other fields in compact form, so
 * white space does not matter.
 */
public final class SealedJson {
  private static final String SEAL = "sealed_sha256";

  /** Far more than the recipe and history of a long run need. */
  private static final int MOST_BYTES = 1 << 28;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private SealedJson() {}

  /**
   * Makes the file for a value.
   *
   * @param content a record or tree that Jackson writes as an object
   */
  public static byte[] write(Object content) {
    try {
      // Converts to text and back once, so that numbers have the form in which they are read later.
      ObjectNode tree = (ObjectNode) JSON.readTree(JSON.writeValueAsBytes(content));
      tree.put(SEAL, Sha256.of(JSON.writeValueAsBytes(tree)));
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a JSON object: " + content, e);
    }
  }

  /**
   * Reads a file that {@link #write} made.
   *
   * @param format the layout version of {@code type}, as in its field {@code format}
   * @throws DamagedFileException if the file is not JSON, its digest differs, another version wrote
   *     it, or it is not a {@code type}
   */
  public static <T> T read(ArtifactStore store, String path, Class<T> type, int format)
      throws IOException {
    String file = store.describe(path);
    byte[] bytes;
    try (InputStream in = store.open(path)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new DamagedFileException(file, "length", "at most " + MOST_BYTES + " bytes", "more");
    }
    try {
      JsonNode tree = JSON.readTree(bytes);
      if (!(tree instanceof ObjectNode object)) {
        throw new DamagedFileException(
            file, "content", "a JSON object", bytes.length + " other bytes");
      }
      JsonNode seal = object.remove(SEAL);
      String expected = Sha256.of(JSON.writeValueAsBytes(object));
      if (seal == null || !seal.asText().equals(expected)) {
        throw new DamagedFileException(
            file, "SHA-256", seal == null ? "a field " + SEAL : seal.asText(), expected);
      }
      JsonNode version = object.path("format");
      if (!version.isIntegralNumber() || !version.asText().equals(String.valueOf(format))) {
        throw new DamagedFileException(
            file,
            "format",
            format + ", the one that this version reads",
            version.isMissingNode() ? "none: it is no manifest of this kind" : version);
      }
      return JSON.treeToValue(object, type);
    } catch (JsonProcessingException e) {
      throw new DamagedFileException(file, "content", "what this version reads", JsonProblem.of(e));
    }
  }
}
