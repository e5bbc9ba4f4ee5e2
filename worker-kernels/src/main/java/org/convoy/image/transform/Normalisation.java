package org.convoy.image.transform;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Per channel, {@code (value / 255 - mean) / std} of an 8-bit value, in float32 and in this order
 * of operations, as torchvision's ToTensor and Normalize compute it.
 */
public record Normalisation(List<Float> mean, List<Float> std) {
  private static final Map<String, Normalisation> COLOUR =
      new TreeMap<>(
          Map.of(
              "imagenet", colour(0.485f, 0.456f, 0.406f, 0.229f, 0.224f, 0.225f),
              "cifar10", colour(0.4914f, 0.4822f, 0.4465f, 0.2470f, 0.2435f, 0.2616f),
              "half", colour(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f),
              "none", colour(0, 0, 0, 1, 1, 1)));

  public Normalisation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "expected as many means as standard deviations, got "
              + mean.size()
              + " and "
              + std.size());
    }
    for (int c = 0; c < mean.size(); c++) {
      if (!Float.isFinite(mean.get(c)) || !(std.get(c) > 0) || !Float.isFinite(std.get(c))) {
        throw new IllegalArgumentException(
            "channel "
                + c
                + ": expected a finite mean and a positive std, got "
                + mean.get(c)
                + " and "
                + std.get(c));
      }
    }
  }

  /**
   * The values of this name: {@code imagenet}, {@code cifar10}, {@code half} (to [-1, 1]) or {@code
   * none} (to [0, 1]). For one channel they are the means over the three.
   *
   * @throws IllegalArgumentException for another name, listing these, or for channels other than 1
   *     and 3
   */
  public static Normalisation named(String name, int channels) {
    Normalisation colour = COLOUR.get(name);
    if (colour == null) {
      throw new IllegalArgumentException(
          "unknown normalisation \"" + name + "\"; known: " + names());
    }
    return switch (channels) {
      case 3 -> colour;
      case 1 -> new Normalisation(List.of(average(colour.mean)), List.of(average(colour.std)));
      default ->
          throw new IllegalArgumentException("expected 1 or 3 image channels, got " + channels);
    };
  }

  /** The names that {@link #named} takes. */
  public static List<String> names() {
    return List.copyOf(COLOUR.keySet());
  }

  public int channels() {
    return mean.size();
  }

  /** The float of each of the 256 byte values, for one channel. */
  public float[] table(int channel) {
    float[] table = new float[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = (value / 255f - mean.get(channel)) / std.get(channel);
    }
    return table;
  }

  /** The byte of each channel that is nearest to its mean, so that it becomes nearly zero. */
  byte[] meanBytes() {
    byte[] bytes = new byte[mean.size()];
    for (int c = 0; c < bytes.length; c++) {
      bytes[c] = (byte) Math.round(Math.max(0, Math.min(255, 255 * mean.get(c))));
    }
    return bytes;
  }

  private static float average(List<Float> values) {
    return (float) values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }

  private static Normalisation colour(
      float r, float g, float b, float stdR, float stdG, float stdB) {
    return new Normalisation(List.of(r, g, b), List.of(stdR, stdG, stdB));
  }
}
