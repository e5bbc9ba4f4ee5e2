package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutoAugmentTest {

  @ParameterizedTest
  @EnumSource(AutoAugmentPolicy.class)
  void aPolicyIs25PairsOfOperations(AutoAugmentPolicy policy) {
    assertEquals(25, policy.pairs().size());
    for (List<AutoAugmentPolicy.Step> pair : policy.pairs()) {
      assertEquals(2, pair.size());
      for (AutoAugmentPolicy.Step step : pair) {
        assertTrue(step.probability() >= 0 && step.probability() <= 1, step.toString());
        assertTrue(step.part() >= 0 && step.part() <= 1, step.toString());
      }
    }
  }

  /** The first and the last row of the paper's table for ImageNet, tables 9 and 10. */
  @Test
  void rowsAreThePapers() {
    List<List<AutoAugmentPolicy.Step>> pairs = AutoAugmentPolicy.IMAGENET.pairs();
    assertEquals(
        List.of(
            new AutoAugmentPolicy.Step(Operation.POSTERIZE, 0.4, 8 / 9.0),
            new AutoAugmentPolicy.Step(Operation.ROTATE, 0.6, 1)),
        pairs.get(0));
    assertEquals(
        List.of(
            new AutoAugmentPolicy.Step(Operation.EQUALIZE, 0.8, 0),
            new AutoAugmentPolicy.Step(Operation.EQUALIZE, 0.6, 0)),
        pairs.get(24));
  }

  /** An inverted image is 255 minus the image; RandAugment does not draw it. */
  @Test
  void invertsWithoutATrace() {
    Raster image = new Raster().reshape(1, 2, 1);
    image.pixels()[0] = 3;
    image.pixels()[1] = (byte) 255;
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 1));
    Operation.Strongest most = RandAugment.strongest(1, 2);
    Raster result = Operation.INVERT.edit(most, 0, 1, 1, 2).apply(image, editor);
    assertEquals(List.of((byte) 252, (byte) 0), List.of(result.pixels()[0], result.pixels()[1]));
    assertTrue(!Operation.ALL.contains(Operation.INVERT));
    assertEquals(14, Operation.ALL.size());
  }

  /** Each pair is drawn, and about as many images change as the probabilities say. */
  @Test
  void drawsAllPairs() {
    Set<List<Byte>> results = new HashSet<>();
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    int same = 0;
    for (int i = 0; i < 400; i++) {
      Raster image = new Raster().reshape(8, 8, 3);
      for (int j = 0; j < image.size(); j++) {
        image.pixels()[j] = (byte) (20 + j);
      }
      byte[] before = Arrays.copyOf(image.pixels(), image.size());
      Edit edit =
          new AutoAugment(AutoAugmentPolicy.CIFAR10).decide(8, 8, CounterRandom.forSample(5, 0, i));
      byte[] after = Arrays.copyOf(edit.apply(image, editor).pixels(), before.length);
      same += Arrays.equals(before, after) ? 1 : 0;
      results.add(List.of(after[0], after[1], after[50], after[100]));
    }
    assertTrue(results.size() > 40, "different results: " + results.size());
    assertTrue(same > 20 && same < 200, "unchanged: " + same);
  }
}
