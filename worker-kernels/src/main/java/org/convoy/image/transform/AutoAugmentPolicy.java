package org.convoy.image.transform;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The policies of the AutoAugment paper, one pair of operations a line: name, probability, and a
 * magnitude of 0 to 9 where the operation has one. 9 is the strongest form.
 */
public enum AutoAugmentPolicy {
  /** ImageNet. */
  IMAGENET(
      """
        posterize 0.4 8, rotate 0.6 9
        solarize 0.6 5, auto-contrast 0.6
        equalize 0.8, equalize 0.6
        posterize 0.6 7, posterize 0.6 6
        equalize 0.4, solarize 0.2 4
        equalize 0.4, rotate 0.8 8
        solarize 0.6 3, equalize 0.6
        posterize 0.8 5, equalize 1
        rotate 0.2 3, solarize 0.6 8
        equalize 0.6, posterize 0.4 6
        rotate 0.8 8, colour 0.4 0
        rotate 0.4 9, equalize 0.6
        equalize 0, equalize 0.8
        invert 0.6, equalize 1
        colour 0.6 4, contrast 1 8
        rotate 0.8 8, colour 1 2
        colour 0.8 8, solarize 0.8 7
        sharpness 0.4 7, invert 0.6
        shear-x 0.6 5, equalize 1
        colour 0.4 0, equalize 0.6
        equalize 0.4, solarize 0.2 4
        solarize 0.6 5, auto-contrast 0.6
        invert 0.6, equalize 1
        colour 0.6 4, contrast 1 8
        equalize 0.8, equalize 0.6
        """),
  /** CIFAR-10. */
  CIFAR10(
      """
        invert 0.1, contrast 0.2 6
        rotate 0.7 2, translate-x 0.3 9
        sharpness 0.8 1, sharpness 0.9 3
        shear-y 0.5 8, translate-y 0.7 9
        auto-contrast 0.5, equalize 0.9
        shear-y 0.2 7, posterize 0.3 7
        colour 0.4 3, brightness 0.6 7
        sharpness 0.3 9, brightness 0.7 9
        equalize 0.6, equalize 0.5
        contrast 0.6 7, sharpness 0.6 5
        colour 0.7 7, translate-x 0.5 8
        equalize 0.3, auto-contrast 0.4
        translate-y 0.4 3, sharpness 0.2 6
        brightness 0.9 6, colour 0.2 8
        solarize 0.5 2, invert 0
        equalize 0.2, auto-contrast 0.6
        equalize 0.2, equalize 0.6
        colour 0.9 9, equalize 0.6
        auto-contrast 0.8, solarize 0.2 8
        brightness 0.1 3, colour 0.7 0
        solarize 0.4 5, auto-contrast 0.9
        translate-y 0.9 9, translate-y 0.7 9
        auto-contrast 0.9, solarize 0.8 3
        equalize 0.8, invert 0.1
        translate-y 0.7 9, auto-contrast 0.9
        """),
  /** Street View House Numbers. */
  SVHN(
      """
        shear-x 0.9 4, invert 0.2
        shear-y 0.9 8, invert 0.7
        equalize 0.6, solarize 0.6 6
        invert 0.9, equalize 0.6
        equalize 0.6, rotate 0.9 3
        shear-x 0.9 4, auto-contrast 0.8
        shear-y 0.9 8, invert 0.4
        shear-y 0.9 5, solarize 0.2 6
        invert 0.9, auto-contrast 0.8
        equalize 0.6, rotate 0.9 3
        shear-x 0.9 4, solarize 0.3 3
        shear-y 0.8 8, invert 0.7
        equalize 0.9, translate-y 0.6 6
        invert 0.9, equalize 0.6
        contrast 0.3 3, rotate 0.8 4
        invert 0.8, translate-y 0 2
        shear-y 0.7 6, solarize 0.4 8
        invert 0.6, rotate 0.8 4
        shear-y 0.3 7, translate-x 0.9 3
        shear-x 0.1 6, invert 0.6
        solarize 0.7 2, translate-y 0.6 7
        shear-y 0.8 4, invert 0.8
        shear-x 0.7 9, translate-y 0.8 3
        shear-y 0.8 5, auto-contrast 0.7
        shear-x 0.7 2, invert 0.1
        """);

  private static final int MOST = 9;

  private final List<List<Step>> pairs;

  AutoAugmentPolicy(String table) {
    pairs = table.lines().map(AutoAugmentPolicy::pair).toList();
  }

  /** An operation with its probability and the part of its strongest form. */
  record Step(Operation operation, double probability, double part) {}

  /** The pairs of operations. */
  List<List<Step>> pairs() {
    return pairs;
  }

  private static List<Step> pair(String line) {
    return Arrays.stream(line.split(", ")).map(AutoAugmentPolicy::step).toList();
  }

  private static Step step(String text) {
    String[] words = text.split(" ");
    Operation operation = Operation.valueOf(words[0].replace('-', '_').toUpperCase(Locale.ROOT));
    double magnitude = words.length > 2 ? Double.parseDouble(words[2]) : 0;
    return new Step(operation, Double.parseDouble(words[1]), magnitude / MOST);
  }
}
