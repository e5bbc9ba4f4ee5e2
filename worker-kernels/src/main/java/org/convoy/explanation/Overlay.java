package org.convoy.explanation;

import java.util.Arrays;
import org.convoy.image.codec.PngEncoder;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;

/**
 * An attribution over the picture that the network saw. Red speaks for the class, blue against it,
 * and the picture shows where neither does. Small pictures are enlarged by a whole number.
 */
final class Overlay {
  /** The side that small pictures are enlarged to, in pixels. */
  private static final int LEAST_SIDE = 256;

  /** How much of a colour covers the picture where the attribution is largest. */
  private static final double OPACITY = 0.75;

  /** The share of the positions below the value that gets the full colour. */
  private static final double FULL = 0.995;

  private static final int[] FOR = {255, 32, 0};
  private static final int[] AGAINST = {0, 64, 255};

  private Overlay() {}

  /**
   * Draws a PNG file.
   *
   * @param image (channels, height, width), normalised
   */
  static byte[] png(Preprocessing preprocessing, float[] image, Attribution attribution) {
    int height = preprocessing.height();
    int width = preprocessing.width();
    int factor = Math.max(1, (LEAST_SIDE + Math.min(height, width) - 1) / Math.min(height, width));
    byte[] rgb = pixels(preprocessing, image);
    Plane heat =
        new Plane(height, width, attribution.values()).resized(height * factor, width * factor);
    double full = full(attribution.values());
    byte[] drawn = new byte[3 * heat.values().length];
    for (int y = 0; y < heat.height(); y++) {
      for (int x = 0; x < heat.width(); x++) {
        int to = y * heat.width() + x;
        double value = Math.max(-1, Math.min(1, heat.values()[to] / full));
        int from = 3 * (y / factor * width + x / factor);
        int[] colour = value >= 0 ? FOR : AGAINST;
        double cover = OPACITY * Math.abs(value);
        for (int c = 0; c < 3; c++) {
          double mixed = (1 - cover) * (rgb[from + c] & 0xff) + cover * colour[c];
          drawn[3 * to + c] = (byte) Math.round(mixed);
        }
      }
    }
    return PngEncoder.encode(drawn, heat.height(), heat.width());
  }

  /** The absolute value that gets the full colour; 1 where all values are 0. */
  private static double full(float[] values) {
    float[] sorted = new float[values.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(values[i]);
    }
    Arrays.sort(sorted);
    float full = sorted[(int) (FULL * (sorted.length - 1))];
    float largest = sorted[sorted.length - 1];
    return full > 0 ? full : largest > 0 ? largest : 1;
  }

  /** The picture as the network saw it, (height, width, 3) bytes. */
  private static byte[] pixels(Preprocessing preprocessing, float[] image) {
    Normalisation normalisation = preprocessing.normalisation();
    int positions = preprocessing.height() * preprocessing.width();
    byte[] rgb = new byte[3 * positions];
    for (int i = 0; i < positions; i++) {
      for (int c = 0; c < 3; c++) {
        int channel = Math.min(c, preprocessing.channels() - 1);
        double value =
            image[channel * positions + i] * normalisation.std().get(channel)
                + normalisation.mean().get(channel);
        rgb[3 * i + c] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
      }
    }
    return rgb;
  }
}
