package org.convoy.image.transform;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The mixing of each sample of a batch with its partner. Inside a box of the image, the sample's
 * pixels have the weight {@code boxOwn} and the partner's pixels the rest. Outside the box the
 * pixels do not change.
 *
 * @param own weight of a sample's own target; its partner's target has the rest
 * @param boxOwn weight of a sample's own pixels within the box
 * @param top the box's first row
 * @param left the box's first column
 * @param bottom the row after the box's last
 * @param right the column after the box's last
 */
public record Mixture(double own, double boxOwn, int top, int left, int bottom, int right) {
  private static final int ALL = Integer.MAX_VALUE;

  /** A weighted sum of whole images. */
  static Mixture blend(double own) {
    return new Mixture(own, own, 0, 0, ALL, ALL);
  }

  /**
   * The partner of each place of a batch. Among the places that count, it is the place before; the
   * first one's partner is the last. A place that does not count is its own partner.
   *
   * @param weights of the places, 0 for one that does not count
   */
  public static int[] partners(float[] weights) {
    int[] partners = IntStream.range(0, weights.length).toArray();
    int[] counting = Arrays.stream(partners).filter(place -> weights[place] > 0).toArray();
    for (int i = 0; i < counting.length; i++) {
      partners[counting[i]] = counting[(i + counting.length - 1) % counting.length];
    }
    return partners;
  }

  /**
   * Mixes the images.
   *
   * @param images (n, channels, height, width) from position 0, overwritten
   * @param partners of each place, as {@link #partners} gives them
   */
  public void apply(FloatBuffer images, int channels, int height, int width, int[] partners) {
    int image = channels * height * width;
    int last = IntStream.range(0, partners.length).filter(i -> partners[i] != i).max().orElse(-1);
    if (last < 0) {
      return;
    }
    float[] unmixed = new float[image];
    float[] partner = new float[image];
    float[] mixed = new float[image];
    // Goes from the last place to the first, so each partner is still unchanged, except that of the
    // first place.
    images.get(last * image, unmixed);
    for (int i = last; i >= 0; i--) {
      if (partners[i] != i) {
        images.get(i * image, mixed);
        if (partners[i] < i) {
          images.get(partners[i] * image, partner);
        }
        mix(mixed, partners[i] < i ? partner : unmixed, channels, height, width);
        images.put(i * image, mixed);
      }
    }
  }

  private void mix(float[] image, float[] partner, int channels, int height, int width) {
    float weight = (float) boxOwn;
    float rest = (float) (1 - boxOwn);
    int endRow = Math.min(bottom, height);
    int endColumn = Math.min(right, width);
    for (int c = 0; c < channels; c++) {
      for (int y = top; y < endRow; y++) {
        int row = (c * height + y) * width;
        for (int i = row + left; i < row + endColumn; i++) {
          image[i] = weight * image[i] + rest * partner[i];
        }
      }
    }
  }
}
