package org.convoy.image.transform;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The augmentation policies that recipes name. To add one, add a line to the table and its two
 * lists below.
 */
public final class Augmentations {
  private static final Map<String, Policy> POLICIES =
      new TreeMap<>(
          Map.of(
              "none", new Policy(Augmentations::fit, Augmentations::fit),
              "pad-crop-flip", new Policy(Augmentations::padCropFlip, Augmentations::fit),
              "resized-crop-flip",
                  new Policy(Augmentations::resizedCropFlip, Augmentations::centre)));

  private Augmentations() {}

  /**
   * Known policies: {@code none}, {@code pad-crop-flip} (CIFAR) and {@code resized-crop-flip}
   * (ImageNet).
   */
  public static List<String> names() {
    return List.copyOf(POLICIES.keySet());
  }

  static List<Transform> training(String name, int height, int width) {
    return policy(name).training.forInput(height, width);
  }

  static List<Transform> evaluation(String name, int height, int width) {
    return policy(name).evaluation.forInput(height, width);
  }

  private static Policy policy(String name) {
    Policy policy = POLICIES.get(name);
    if (policy == null) {
      throw new IllegalArgumentException(
          "unknown augmentation \"" + name + "\"; known: " + names());
    }
    return policy;
  }

  /** The largest centred window. An image that already has the size does not change. */
  private static List<Transform> fit(int height, int width) {
    return List.of(new Resize(Math.max(height, width)), new CenterCrop(new Size(height, width)));
  }

  /**
   * He et al., "Deep residual learning", section 4.2: 4 pixels on every side, random window, flip.
   */
  private static List<Transform> padCropFlip(int height, int width) {
    return List.of(
        new Resize(Math.max(height, width)),
        new PadAndCrop(new Size(height, width), 4),
        new HorizontalFlip(0.5));
  }

  private static List<Transform> resizedCropFlip(int height, int width) {
    return List.of(RandomResizedCrop.of(new Size(height, width)), new HorizontalFlip(0.5));
  }

  /** The window that is 224 of 256 pixels, 7/8, of the shorter side. */
  private static List<Transform> centre(int height, int width) {
    int shorterSide = (int) Math.rint(Math.max(height, width) * 256 / 224.0);
    return List.of(new Resize(shorterSide), new CenterCrop(new Size(height, width)));
  }

  @FunctionalInterface
  private interface Steps {
    List<Transform> forInput(int height, int width);
  }

  private record Policy(Steps training, Steps evaluation) {}
}
