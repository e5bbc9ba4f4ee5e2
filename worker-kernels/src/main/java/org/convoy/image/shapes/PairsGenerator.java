package org.convoy.image.shapes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.transform.CounterRandom;

/**
 * Writes a data set of images with two shapes of different classes each: {@code
 * DEST/train/images/00000.jpg} and on with their labels in {@code DEST/train/labels.csv}, and the
 * same in {@code DEST/validation}. There are as many images as {@link ShapesGenerator} draws, in
 * whose classes each shape is equally frequent. An image depends on the seed, the split and its
 * number alone.
 */
public final class PairsGenerator {
  private static final int JPEG_QUALITY = 92;
  private static final ShapeKind[] KINDS = ShapeKind.values();

  private final ShapesSettings settings;

  public PairsGenerator(ShapesSettings settings) {
    this.settings = settings;
  }

  /**
   * Writes every image and the files of labels, over files of the same name.
   *
   * @return how many images
   * @throws IOException if a folder or file cannot be written; the message names it
   */
  public int write(Path destination) throws IOException {
    int written = 0;
    for (ShapesGenerator.Split split : ShapesGenerator.Split.values()) {
      int perClass =
          split == ShapesGenerator.Split.TRAIN
              ? settings.trainPerClass()
              : settings.validationPerClass();
      Path folder = Files.createDirectories(destination.resolve(split.folder()).resolve("images"));
      StringBuilder labels = new StringBuilder();
      for (int i = 0; i < perClass * KINDS.length; i++) {
        String name = String.format(Locale.ROOT, "%05d.jpg", i);
        Files.write(folder.resolve(name), draw(split, i, labels.append("images/").append(name)));
        written++;
      }
      Files.writeString(folder.resolveSibling("labels.csv"), labels);
    }
    return written;
  }

  private byte[] draw(ShapesGenerator.Split split, int index, StringBuilder labels) {
    CounterRandom random =
        CounterRandom.ofSeed(settings.seed())
            .split(split.folder().hashCode())
            .split("pairs".hashCode())
            .split(index);
    // Each class is on the left equally often; the other is one of the nine others.
    int first = index % KINDS.length;
    int second = (first + 1 + random.nextInt(KINDS.length - 1)) % KINDS.length;
    labels.append(',').append(KINDS[first].label());
    labels.append(';').append(KINDS[second].label()).append('\n');
    byte[] pixels = new ShapePainter(settings.size(), random).paint(KINDS[first], KINDS[second]);
    return JpegEncoder.encode(pixels, settings.size(), settings.size(), JPEG_QUALITY);
  }
}
