package org.convoy.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The {@code manifest.json} of a saved model.
 *
 * @param format version of the folder's layout, 1
 * @param model name of the network
 * @param files digest of every other file, by file name
 * @param origin origin of the weights
 * @param weightsSha256 see {@link Sha256#ofWeights}
 */
public record ModelManifest(
    @JsonProperty(value = "format", required = true) int format,
    @JsonProperty(value = "model", required = true) String model,
    @JsonProperty(value = "files", required = true) SortedMap<String, FileDigest> files,
    @JsonProperty(value = "origin", required = true) Origin origin,
    @JsonProperty(value = "weights_sha256", required = true) String weightsSha256) {
  /** The version of the layout that this code writes. */
  public static final int FORMAT = 1;

  /**
   * The origin of weights.
   *
   * @param recipe text of the recipe, with overrides applied
   * @param codeVersion version of the program that trained them
   * @param dataFingerprint fingerprint of the data set's index
   * @param metrics final metrics, by name
   */
  public record Origin(
      @JsonProperty(value = "recipe", required = true) String recipe,
      @JsonProperty(value = "code_version", required = true) String codeVersion,
      @JsonProperty(value = "data_fingerprint", required = true) String dataFingerprint,
      @JsonProperty(value = "metrics", required = true) Map<String, Double> metrics) {
    /** Sorts the metrics. */
    public Origin {
      Objects.requireNonNull(recipe, "recipe");
      Objects.requireNonNull(codeVersion, "code_version");
      Objects.requireNonNull(dataFingerprint, "data_fingerprint");
      metrics.forEach((name, value) -> Objects.requireNonNull(value, name));
      metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    }
  }

  /** Refuses manifests of later versions, and names that point outside the folder. */
  public ModelManifest {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format: expected " + FORMAT + ", got " + format);
    }
    FileDigest.requirePlainNames(files);
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(weightsSha256, "weights_sha256");
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
