package org.convoy.image.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convoy.image.codec.Raster;
import org.convoy.settings.Checks;

/**
 * AugMix (Hendrycks et al. 2020, "AugMix: a simple data processing method to improve robustness and
 * uncertainty", algorithm 1), with torchvision's operations and severities: the image is mixed with
 * several augmented copies of itself. Each copy went through a chain of one to three operations.
 * The weights of the copies are drawn from a Dirichlet distribution, the image's own from
 * Beta(alpha, alpha). The loss {@code consistency} compares images that are mixed so.
 *
 * @param severity 1 to 10: how strong operations may be
 * @param width the number of copies
 * @param depth the number of operations of a copy; 0: one to three, drawn for each
 * @param alpha of both distributions
 */
public record AugMix(int severity, int width, int depth, double alpha) implements Transform {
  private static final int BINS = 10;
  private static final int DEEPEST = 3;
  private static final double BITS = 4;

  /** Those of torchvision's {@code AugMix} with {@code all_ops}. */
  private static final List<Operation> OPERATIONS =
      List.of(
          Operation.SHEAR_X,
          Operation.SHEAR_Y,
          Operation.TRANSLATE_X,
          Operation.TRANSLATE_Y,
          Operation.ROTATE,
          Operation.POSTERIZE,
          Operation.SOLARIZE,
          Operation.AUTO_CONTRAST,
          Operation.EQUALIZE,
          Operation.BRIGHTNESS,
          Operation.COLOUR,
          Operation.CONTRAST,
          Operation.SHARPNESS);

  /** Checks the rules. */
  public AugMix {
    new Checks()
        .between("severity", severity, 1, BINS)
        .between("width", width, 1, 100)
        .between("depth", depth, 0, 100)
        .positive("alpha", alpha)
        .done();
  }

  @Override
  public Edit decide(int height, int imageWidth, CounterRandom random) {
    double own = BetaDraw.symmetric(alpha, random);
    double[] weights = BetaDraw.dirichlet(alpha, width, random);
    List<Edit> chains = new ArrayList<>();
    for (int copy = 0; copy < width; copy++) {
      int length = depth > 0 ? depth : 1 + random.nextInt(DEEPEST);
      List<Edit> chain = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        chain.add(operation(height, imageWidth, random));
      }
      chains.add(new EditSequence(chain));
    }
    return new Mixed(own, Arrays.stream(weights).map(each -> each * (1 - own)).toArray(), chains);
  }

  private Edit operation(int height, int imageWidth, CounterRandom random) {
    Operation.Strongest most =
        new Operation.Strongest(0.3, imageWidth / 3.0, height / 3.0, 30, 0.9, 0);
    Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
    int bin = random.nextInt(severity);
    int sign = random.chance(0.5) ? -1 : 1;
    if (operation == Operation.POSTERIZE) {
      int bits = (int) (BITS - Math.rint(bin / ((BINS - 1) / BITS)));
      return (image, editor) -> Tones.posterize(image, bits);
    }
    return operation.edit(most, bin / (BINS - 1.0), sign, height, imageWidth);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }

  /**
   * The weighted sum of an image and what chains of edits make of it, in single precision,
   * truncated.
   *
   * @param own weight of the image itself
   * @param weights of the chains
   */
  @SuppressWarnings("ArrayRecordComponent") // It is made for one image and never compared.
  record Mixed(double own, double[] weights, List<Edit> chains) implements Edit {

    @Override
    public long bytes(int imageHeight, int imageWidth) {
      long pixels = (long) imageHeight * imageWidth;
      long scratch =
          chains.stream().mapToLong(each -> each.bytes(imageHeight, imageWidth)).max().orElse(0);
      return 2 * pixels + Float.BYTES * pixels + scratch;
    }

    @Override
    public Raster apply(Raster image, RasterEditor editor) {
      int size = image.size();
      Raster original = editor.kept(image);
      float[] sums = editor.sums(size);
      Arrays.fill(sums, 0, size, 0);
      add(original, (float) own, sums);
      for (int i = 0; i < weights.length; i++) {
        Raster copy = editor.scratchFor(original);
        System.arraycopy(original.pixels(), 0, copy.pixels(), 0, size);
        add(chains.get(i).apply(copy, editor), (float) weights[i], sums);
      }
      byte[] mixed = original.pixels();
      for (int i = 0; i < size; i++) {
        mixed[i] = (byte) (int) Math.min(255, sums[i]);
      }
      return original;
    }

    private static void add(Raster image, float weight, float[] sums) {
      byte[] pixels = image.pixels();
      for (int i = 0; i < image.size(); i++) {
        sums[i] += weight * (pixels[i] & 0xff);
      }
    }
  }
}
