package org.convoy.image.shapes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.transform.CounterRandom;

/**
 * Writes the data set: {@code DEST/train/CLASS/0000.jpg} and on, {@code
 * DEST/validation/CLASS/0000.jpg} and on. Each image depends only on the seed, the split, the class
 * and its number, so a larger set contains the smaller one.
 */
public final class ShapesGenerator {
  private static final int JPEG_QUALITY = 92;

  private final ShapesSettings settings;

  public ShapesGenerator(ShapesSettings settings) {
    this.settings = settings;
  }

  /** The two parts of the data set. Each is a folder. */
  public enum Split {
    TRAIN("train"),
    VALIDATION("validation");

    private final String folder;

    Split(String folder) {
      this.folder = folder;
    }

    public String folder() {
      return folder;
    }
  }

  /**
   * Writes every image and overwrites files of the same name.
   *
   * @return the number of images
   * @throws IOException if a folder or file cannot be written; the message names it
   */
  public int write(Path destination) throws IOException {
    int written = 0;
    for (Split split : Split.values()) {
      int perClass =
          split == Split.TRAIN ? settings.trainPerClass() : settings.validationPerClass();
      for (ShapeKind kind : ShapeKind.values()) {
        Path folder =
            Files.createDirectories(destination.resolve(split.folder()).resolve(kind.label()));
        for (int i = 0; i < perClass; i++) {
          Files.write(
              folder.resolve(String.format(Locale.ROOT, "%04d.jpg", i)), draw(split, kind, i));
          written++;
        }
      }
    }
    return written;
  }

  /** Draws one image as a JPEG file. */
  public byte[] draw(Split split, ShapeKind kind, int index) {
    CounterRandom random =
        CounterRandom.ofSeed(settings.seed())
            .split(split.folder().hashCode())
            .split(kind.stream())
            .split(index);
    byte[] pixels = new ShapePainter(settings.size(), random).paint(kind);
    return JpegEncoder.encode(pixels, settings.size(), settings.size(), JPEG_QUALITY);
  }
}
