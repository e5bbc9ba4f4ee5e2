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
 * The implementation of each kernel of a plan, where the backend has several: the layout of a
 * tensor, the code of a convolution. Implementations add in different orders, so plans that must
 * compute the same bytes are compiled with the same choices.
 *
 * <p>Keys name a kernel of a graph, values are the backend's words for an implementation. Both are
 * stored and sent; only the backend understands them. For a kernel without a choice the backend
 * uses its rule.
 *
 * @param byKernel in the order of their keys
 */
public record Choices(@JsonValue Map<String, String> byKernel) {
  /** No choices: the backend uses its rules for all kernels. */
  public static final Choices NONE = new Choices(Map.of());

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @JsonCreator
  public Choices {
    Map<String, String> sorted = new TreeMap<>();
    byKernel.forEach((kernel, implementation) -> sorted.put(current(kernel), implementation));
    byKernel = Collections.unmodifiableMap(sorted);
  }

  /** Stored choices of older versions use other words for two kernels of a convolution. */
  private static String current(String kernel) {
    return kernel
        .replaceFirst(" by input$", " data gradient")
        .replaceFirst(" by weight$", " weight gradient");
  }

  /** The implementation of one kernel, if it was chosen. */
  public Optional<String> of(String kernel) {
    return Optional.ofNullable(byKernel.get(kernel));
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
          "not a JSON object of kernels and their implementations: " + e.getOriginalMessage());
    }
  }
}
