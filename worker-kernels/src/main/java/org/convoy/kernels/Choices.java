package org.convoy.kernels;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which of several ways each kernel of a plan takes, where the backend has more than one: the
 * layout of a tensor, the implementation of a convolution. Ways differ in the order in which they
 * add, so plans that must compute the same bytes are compiled with the same choices.
 *
 * <p>Keys name a kernel of a graph, values are the backend's words for a way; both are meant to be
 * stored and sent, not to be understood elsewhere. A kernel without a choice takes the backend's
 * rule.
 *
 * @param ways in the order of their keys
 */
public record Choices(@JsonValue Map<String, String> ways) {
  /** The backend's rules throughout. */
  public static final Choices NONE = new Choices(Map.of());

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @JsonCreator
  public Choices {
    ways = Collections.unmodifiableMap(new TreeMap<>(ways));
  }

  /** The way of one kernel, if it was chosen. */
  public Optional<String> way(String kernel) {
    return Optional.ofNullable(ways.get(kernel));
  }

  /** One JSON object. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is not an object of words
   */
  public static Choices fromJson(String json) {
    try {
      return JSON.readValue(json, Choices.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not a JSON object of kernels and their ways: " + e.getOriginalMessage());
    }
  }
}
