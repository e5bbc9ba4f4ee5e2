package org.convoy.artifact.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.artifact.ArtifactStore;

/**
 * How the images were made that foreign weights were trained with.
 *
 * @param mean per channel of pixels from 0 to 1
 * @param std standard deviation per channel
 * @param source where this is known from
 */
public record ImageStatistics(List<Float> mean, List<Float> std, String source) {
  /** timm writes this file beside its weights. */
  private static final String CONFIG = "config.json";

  private static final int MOST_BYTES = 1 << 20;

  /** Copies the lists. */
  public ImageStatistics {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /**
   * What a file of timm beside the weights says, else what is known of all weights with these
   * names; empty if neither says anything.
   */
  public static Optional<ImageStatistics> of(ArtifactStore store, String path, NameTable table)
      throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    String config = path.substring(0, slash) + CONFIG;
    if (store.exists(config)) {
      Optional<ImageStatistics> stated = read(store, config);
      if (stated.isPresent()) {
        return stated;
      }
    }
    return table.mean().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ImageStatistics(table.mean(), table.std(), table.source() + "'s usual values"));
  }

  private static Optional<ImageStatistics> read(ArtifactStore store, String config)
      throws IOException {
    JsonNode root;
    try (InputStream in = store.open(config)) {
      root = new ObjectMapper().readTree(in.readNBytes(MOST_BYTES));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    JsonNode pretrained = root.has("pretrained_cfg") ? root.get("pretrained_cfg") : root;
    List<Float> mean = floats(pretrained.path("mean"));
    List<Float> std = floats(pretrained.path("std"));
    return mean.isEmpty() || mean.size() != std.size()
        ? Optional.empty()
        : Optional.of(new ImageStatistics(mean, std, store.describe(config)));
  }

  private static List<Float> floats(JsonNode list) {
    List<Float> values = new ArrayList<>();
    list.forEach(value -> values.add((float) value.asDouble()));
    return values;
  }
}
