package org.convoy.optim;

import java.util.List;

/** The factors for the steps of tensors that decay. */
public final class TrustRatios {
  /** All are 1. */
  static final TrustRatios NONE = new TrustRatios(new double[0]);

  private final double[] ratios;

  private TrustRatios(double[] ratios) {
    this.ratios = ratios;
  }

  /**
   * The ratios that follow from the sums of all chunks.
   *
   * @param mask the tensors of the whole vector that decay
   * @param chunks the part of the mask in each chunk, in chunk order
   * @param sums the result of {@link Slices#measure} for each chunk, in chunk order
   */
  public static TrustRatios of(
      LayerWise optimizer, DecayMask mask, List<DecayMask> chunks, List<double[]> sums) {
    TensorSums whole = new TensorSums(mask);
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      double[] parts = sums.get(chunk);
      for (int part = 0; part < parts.length / 2; part++) {
        whole.add(chunks.get(chunk).first() + part, parts[2 * part], parts[2 * part + 1]);
      }
    }
    double[] all = whole.toArray();
    double[] ratios = new double[all.length / 2];
    for (int tensor = 0; tensor < ratios.length; tensor++) {
      double parameters = Math.sqrt(all[2 * tensor]);
      double direction = Math.sqrt(all[2 * tensor + 1]);
      ratios[tensor] = parameters > 0 && direction > 0 ? optimizer.trust(parameters, direction) : 1;
    }
    return new TrustRatios(ratios);
  }

  /**
   * The ratio of a tensor.
   *
   * @param tensor its number in the mask; negative for a tensor that does not decay, which gives
   *     ratio 1
   */
  public float of(int tensor) {
    return tensor < 0 || tensor >= ratios.length ? 1 : (float) ratios[tensor];
  }
}
