package org.convoy.driver.exchange.sums;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Deep gradient compression (Lin et al. 2018, "Deep Gradient Compression: Reducing the
 * Communication Bandwidth for Distributed Training"): each group of micro-batches sends the
 * elements of greatest magnitude of its accumulated gradient, and keeps the others. All executors
 * make the same update with the mean over groups.
 *
 * <p>With {@code momentum} m (momentum correction, equation 7, with factor masking) a group keeps a
 * velocity u, too: {@code u = m u + g; v = v + u}; the greatest elements of v are sent, and v and u
 * become zero there. The optimizer must then have no momentum of its own. Without momentum {@code v
 * = v + g}.
 *
 * <p>Elements are chosen chunk by chunk; the paper chooses tensor by tensor. So chunks can be sent
 * while backward still runs.
 *
 * @param density the part of the elements that is sent
 * @param momentum of momentum correction; 0: none
 * @param warmUpSteps steps in which the density falls exponentially from {@value #FIRST_DENSITY}
 * @param clipNorm the most that the norm of a group's mean gradient may be, times the square root
 *     of the number of groups (the paper's section 3.2); 0: any
 */
public record TopK(double density, double momentum, int warmUpSteps, double clipNorm)
    implements Combination {

  private static final long serialVersionUID = 1;
  private static final double FIRST_DENSITY = 0.25;

  public TopK {
    new Checks()
        .positive("density", density)
        .part("density", density)
        .fraction("momentum", momentum)
        .atLeast("warm-up-steps", warmUpSteps, 0)
        .notNegative("clip-norm", clipNorm)
        .done();
  }

  /** The part of the elements that is sent in a step. */
  double density(long step) {
    if (step >= warmUpSteps || density >= FIRST_DENSITY) {
      return density;
    }
    double done = step / (double) warmUpSteps;
    return FIRST_DENSITY * StrictMath.pow(density / FIRST_DENSITY, done);
  }

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    return new SparseCombiner(
        exchange,
        microBatches,
        layout,
        parameters,
        gradient,
        memory,
        clipNorm / Math.sqrt(microBatches.groups()),
        new TopKCodec(this::density, momentum, microBatches, layout));
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SparseCombiner.bytes(microBatches, layout)
        + TopKCodec.bytes(momentum, microBatches, layout);
  }

  @Override
  public long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return GroupSums.bytes(microBatches, layout);
  }

  @Override
  public long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return TopKCodec.bytes(momentum, microBatches, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return layout.trainedChunks().elements();
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SparseCombiner.load(
        density * TopKCodec.BYTES, clipNorm == 0, microBatches, executors, layout);
  }
}
