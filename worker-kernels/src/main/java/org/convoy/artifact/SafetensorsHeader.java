package org.convoy.artifact;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file: the type, shape and position of each tensor, and free text
 * under {@code __metadata__}. The tensors follow one another without gaps; the header is padded
 * with spaces to a multiple of 8.
 *
 * <p>Source: the format section of https://github.com/huggingface/safetensors.
 *
 * @param metadata text by name
 * @param tensors in the order of their bytes
 */
record SafetensorsHeader(Map<String, String> metadata, List<TensorInfo> tensors) {
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Total bytes of all tensors. */
  long dataBytes() {
    return tensors.isEmpty() ? 0 : tensors.get(tensors.size() - 1).end();
  }

  static SafetensorsHeader of(Map<String, String> metadata, List<Tensor> tensors) {
    List<TensorInfo> infos = new ArrayList<>();
    long at = 0;
    for (Tensor tensor : tensors) {
      long end = Math.addExact(at, tensor.bytes());
      infos.add(new TensorInfo(tensor.name(), tensor.type(), tensor.shape(), at, end));
      at = end;
    }
    return new SafetensorsHeader(new TreeMap<>(metadata), infos);
  }

  byte[] encode() {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = root.putObject(METADATA);
      metadata.forEach(texts::put);
    }
    for (TensorInfo tensor : tensors) {
      if (root.has(tensor.name()) || tensor.name().equals(METADATA)) {
        throw new IllegalArgumentException("tensor name " + tensor.name() + " is taken");
      }
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.type().name());
      tensor.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  /**
   * @param file name of the file in messages
   * @throws DamagedFileException if the bytes are not such a header
   */
  static SafetensorsHeader decode(byte[] bytes, String file) throws DamagedFileException {
    JsonNode root;
    try {
      root = JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new DamagedFileException(file, "header", "JSON", e.getOriginalMessage());
    }
    if (root == null || !root.isObject()) {
      throw new DamagedFileException(file, "header", "a JSON object", String.valueOf(root));
    }
    Map<String, String> metadata = new TreeMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        tensors.add(tensor(field.getKey(), field.getValue(), file));
      }
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long at = 0;
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() != at) {
        throw new DamagedFileException(
            file, "tensor " + tensor.name(), "first byte " + at, tensor.begin());
      }
      at = tensor.end();
    }
    return new SafetensorsHeader(metadata, List.copyOf(tensors));
  }

  private static TensorInfo tensor(String name, JsonNode node, String file)
      throws DamagedFileException {
    String part = "tensor " + name;
    String typeName = node.path("dtype").asText();
    ElementType type =
        ElementType.named(typeName)
            .orElseThrow(
                () ->
                    new DamagedFileException(
                        file,
                        part,
                        "a type of " + List.of(ElementType.values()),
                        "'" + typeName + "'"));
    List<Long> shape = naturals(node.path("shape"), file, part + ", shape");
    List<Long> offsets = naturals(node.path("data_offsets"), file, part + ", data_offsets");
    if (offsets.size() != 2 || offsets.get(1) < offsets.get(0)) {
      throw new DamagedFileException(file, part + ", data_offsets", "[begin, end]", offsets);
    }
    TensorInfo tensor = new TensorInfo(name, type, shape, offsets.get(0), offsets.get(1));
    long bytes;
    try {
      bytes = Math.multiplyExact(tensor.elements(), type.bytes());
    } catch (ArithmeticException e) {
      throw new DamagedFileException(file, part, "a shape of less than 2^63 bytes", shape);
    }
    if (tensor.bytes() != bytes) {
      throw new DamagedFileException(
          file, part, bytes + " bytes for " + type + " " + shape, tensor.bytes());
    }
    return tensor;
  }

  private static List<Long> naturals(JsonNode node, String file, String part)
      throws DamagedFileException {
    List<Long> values = new ArrayList<>();
    for (JsonNode value : node) {
      if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
        throw new DamagedFileException(file, part, "numbers from 0", node);
      }
      values.add(value.asLong());
    }
    if (!node.isArray()) {
      throw new DamagedFileException(file, part, "a list", node.isMissingNode() ? "none" : node);
    }
    return values;
  }
}
