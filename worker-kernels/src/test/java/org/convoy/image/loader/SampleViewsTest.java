package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.AugMix;
import org.convoy.image.transform.CenterCrop;
import org.convoy.image.transform.HorizontalFlip;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.PadAndCrop;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;
import org.convoy.image.transform.VerticalFlip;
import org.junit.jupiter.api.Test;

/** The views of a sample in a batch. */
final class SampleViewsTest {
  private static final int SIDE = 32;
  private static final int IMAGES = 5;
  private static final Size SIZE = new Size(SIDE, SIDE);
  private static final Preprocessing PREPROCESSING =
      new Preprocessing(
          3,
          SIDE,
          SIDE,
          List.of(new PadAndCrop(SIZE, 8), new HorizontalFlip(0.5)),
          List.of(new CenterCrop(SIZE)),
          Normalisation.named("imagenet", 3));

  /** The pixels of each place of the batch. */
  private static float[][] load(SampleViews views) throws Exception {
    ShapesGenerator generator = new ShapesGenerator(ShapesSettings.defaults());
    List<ImageSource> samples =
        IntStream.range(0, IMAGES)
            .mapToObj(
                i ->
                    new ImageSource(
                        i,
                        "image-" + i,
                        0,
                        () ->
                            generator.draw(ShapesGenerator.Split.TRAIN, ShapeKind.values()[i], i)))
            .toList();
    LoaderOptions options = new LoaderOptions(IMAGES * views.count(), 2, 1, OnBadImage.FAIL);
    try (BatchLoader loader =
            BatchLoader.forTraining(
                List.of(views.of(samples)).iterator(), PREPROCESSING, 3, 1, options);
        Batch batch = loader.next().orElseThrow()) {
      int size = PREPROCESSING.floatsPerImage();
      float[] all = new float[batch.size() * size];
      batch.imagesBuffer().get(all);
      return IntStream.range(0, batch.size())
          .mapToObj(i -> Arrays.copyOfRange(all, i * size, (i + 1) * size))
          .toArray(float[][]::new);
    }
  }

  /** A flip that is always made shows that crop and mirror are the same. */
  @Test
  void furtherViewsShareTheDrawsOfTheFirst() throws Exception {
    float[][] alone = load(new SampleViews(1, List.of()));
    float[][] three = load(new SampleViews(3, List.of(new VerticalFlip(1))));
    assertEquals(3 * IMAGES, three.length);
    for (int i = 0; i < IMAGES; i++) {
      assertArrayEquals(alone[i], three[i]);
      assertArrayEquals(upsideDown(alone[i]), three[IMAGES + i]);
      assertArrayEquals(upsideDown(alone[i]), three[2 * IMAGES + i]);
    }
  }

  @Test
  void furtherViewsDrawForThemselves() throws Exception {
    Transform mixed = new AugMix(3, 3, 0, 1);
    float[][] views = load(new SampleViews(3, List.of(mixed)));
    for (int i = 0; i < IMAGES; i++) {
      assertFalse(Arrays.equals(views[i], views[IMAGES + i]), "the image and its first copy");
      assertFalse(Arrays.equals(views[IMAGES + i], views[2 * IMAGES + i]), "both copies");
    }
  }

  @Test
  void viewsWithoutTransformsOfTheirOwnShareNothing() throws Exception {
    float[][] two = load(new SampleViews(2, List.of()));
    long equal =
        IntStream.range(0, IMAGES).filter(i -> Arrays.equals(two[i], two[IMAGES + i])).count();
    assertEquals(0, equal);
    assertThrows(IllegalArgumentException.class, () -> new SampleViews(0, List.of()));
  }

  @Test
  void sizesFollowTheNetworks() {
    SampleViews views = new SampleViews(3, List.of(new PadAndCrop(SIZE, 4)));
    assertEquals(
        List.of(new PadAndCrop(new Size(16, 16), 2)), views.at(SIZE, new Size(16, 16)).further());
  }

  private static float[] upsideDown(float[] image) {
    float[] turned = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      int row = i / SIDE;
      int plane = row / SIDE;
      turned[(plane * SIDE + SIDE - 1 - row % SIDE) * SIDE + i % SIDE] = image[i];
    }
    return turned;
  }
}
