package org.convoy.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.convoy.settings.InvalidSettings;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;

/** Weights of classes by hand. */
final class ClassWeightsTest {
  private static final List<String> CLASSES = List.of("cat", "dog", "none");
  private static final long[] COUNTS = {90, 10, 0};

  /** scikit-learn's {@code n / (classes * count)}, which for two classes is 100 / (2 * count). */
  @Test
  void theInverseFrequencyMakesClassesCountAlike() {
    double[] weights = new InverseFrequency(1).of(CLASSES, COUNTS);
    assertArrayEquals(new double[] {100 / 180.0, 5, 1}, weights, 1e-12);
    assertArrayEquals(new double[] {1, 1, 1}, new InverseFrequency(0).of(CLASSES, COUNTS), 0);
  }

  /** 1 / 9.4868 and 1 / 3.1623, scaled by 100 / (9.4868 + 3.1623). */
  @Test
  void theInverseSquareRootIsBetween() {
    assertArrayEquals(
        new double[] {
          100 / 12.649110640673518 / 9.486832980505138,
          100 / 12.649110640673518 / 3.1622776601683795,
          1
        },
        new InverseFrequency(0.5).of(CLASSES, COUNTS),
        1e-12);
  }

  /** Cui et al., equation 2: with beta 0.5 the effective numbers of 1 and 2 are 1 and 1.5. */
  @Test
  void theEffectiveNumberSaturates() {
    double[] weights = new EffectiveNumber(0.5).of(List.of("a", "b"), new long[] {1, 2});
    assertEquals(1.5, weights[0] / weights[1], 1e-12);
    assertEquals(3, weights[0] + 2 * weights[1], 1e-12);
    assertArrayEquals(new double[] {1, 1, 1}, new EffectiveNumber(0).of(CLASSES, COUNTS), 0);
  }

  /** Of weights 1 and 3 with 90 and 10 images the mean is 1.2. */
  @Test
  void statedWeightsAreScaledToTheMeanOne() {
    ClassWeights stated = new Stated(List.of(new ClassWeight("dog", 3)));
    assertArrayEquals(new double[] {1 / 1.2, 2.5, 1}, stated.of(CLASSES, COUNTS), 1e-12);
  }

  @Test
  void whatIsNotAWeightOfAClassIsRefused() {
    RequestException unknown =
        assertThrows(
            RequestException.class,
            () -> new Stated(List.of(new ClassWeight("Dog", 3))).of(CLASSES, COUNTS));
    assertEquals(
        "class-weights.classes: expected a class of the training images, got \"Dog\"; they are cat, dog, none",
        unknown.getMessage());
    assertThrows(InvalidSettings.class, () -> new ClassWeight("dog", 0));
    assertThrows(InvalidSettings.class, () -> new ClassWeight("", 1));
    assertThrows(InvalidSettings.class, () -> new Stated(List.of()));
    assertThrows(InvalidSettings.class, () -> new InverseFrequency(2));
    assertThrows(InvalidSettings.class, () -> new EffectiveNumber(1));
  }
}
