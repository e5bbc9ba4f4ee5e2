package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every transform. */
class TransformContractTest {
  private static final int[][] SIZES = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {17, 13}, {32, 32}};
  private static final int[] CHANNELS = {1, 3};

  static List<Transform> transforms() {
    Size size = new Size(12, 7);
    List<Double> ratios = List.of(0.3, 3.3);
    return List.of(
        new Resize(11),
        new CenterCrop(size),
        new PadAndCrop(size, 3),
        RandomResizedCrop.of(size),
        new HorizontalFlip(0.5),
        new VerticalFlip(0.5),
        new AlternatingFlip(),
        new Grayscale(0.5),
        new Rotation(180),
        new RandomAffine(90, 0.3, List.of(0.5, 2.0), 40),
        new ColourJitter(1.5, 1.5, 1.5, 0.5),
        new RandomErasing(0.8, List.of(0.02, 0.9), ratios),
        new RandAugment(3, 30),
        new AutoAugment(AutoAugmentPolicy.SVHN),
        new PcaLighting(0.5),
        new Cutout(5),
        new TrivialAugment(31),
        new RandAugmentTimm(3, 9, 2, 1),
        new ThreeAugment(0.3),
        new AugMix(10, 3, 0, 1),
        new CornerCrop(size, CornerCrop.Corner.BOTTOM_RIGHT),
        new ReflectAndCrop(size, 3),
        new Shift(-2, 1));
  }

  @Test
  void allAreHere() {
    assertEquals(
        new HashSet<>(Variants.of(Transform.class).values()),
        new HashSet<>(transforms().stream().map(Transform::getClass).toList()));
  }

  /** Twice the same, by editors that did other things before, and of the size that was said. */
  @ParameterizedTest
  @MethodSource("transforms")
  void isAFunctionOfTheImageAndItsStream(Transform transform) {
    RasterEditor used = new RasterEditor(Normalisation.named("imagenet", 3));
    for (int channels : CHANNELS) {
      for (int[] size : SIZES) {
        for (int i = 0; i < 30; i++) {
          Raster once = apply(transform, i, image(size, channels), used);
          byte[] pixels = Arrays.copyOf(once.pixels(), once.size());
          RasterEditor fresh = new RasterEditor(Normalisation.named("imagenet", 3));
          Raster again = apply(transform, i, image(size, channels), fresh);
          assertArrayEquals(pixels, Arrays.copyOf(again.pixels(), again.size()));
        }
      }
    }
  }

  private static Raster image(int[] size, int channels) {
    Raster image = Golden.pattern(size[0], size[1]);
    if (channels == 1) {
      image.toGrey();
    }
    return image;
  }

  private static Raster apply(Transform transform, int sample, Raster image, RasterEditor editor) {
    int height = image.height();
    int width = image.width();
    int channels = image.channels();
    Edit edit = transform.decide(height, width, CounterRandom.forSample(5, 1, sample));
    Raster out = edit.apply(image, editor);
    assertTrue(edit.allowed());
    assertTrue(edit instanceof Placement || !transform.givesPlacements());
    assertEquals(edit.heightAfter(height), out.height());
    assertEquals(edit.widthAfter(width), out.width());
    assertEquals(channels, out.channels());
    Size after = transform.sizeAfter(Optional.of(new Size(height, width))).orElseThrow();
    assertEquals(after, new Size(out.height(), out.width()));
    assertTrue(
        out == image || edit.bytes(height, width) >= (long) out.height() * out.width(),
        "scratch memory that is not counted");
    return out;
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void survivesJson(Transform transform) throws IOException {
    Preprocessing made =
        new Preprocessing(
            3,
            12,
            7,
            List.of(transform, new CenterCrop(new Size(12, 7))),
            List.of(),
            Normalisation.named("none", 3));
    String text = made.toJson().toString();
    assertEquals(made, Preprocessing.fromJson(new ObjectMapper().readTree(text)), text);
  }
}
