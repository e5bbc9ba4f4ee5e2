package org.convoy.driver.exchange.sums;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient sharing by threshold (Strom 2015, "Scalable Distributed DNN Training Using Commodity GPU
 * Cloud Computing"; so does DL4J's SharedTrainingMaster with updates): each group of micro-batches
 * adds its mean gradient to its residual, sends plus or minus the threshold for each element whose
 * magnitude reaches the threshold, and subtracts what it sent. All executors make the same update
 * with the mean over groups.
 *
 * @param threshold the threshold, in units of the mean gradient of a group
 * @param density the part of the elements that a group is to send in a step; each chunk's threshold
 *     adapts to it. 0: the threshold stays as it is
 */
public record Threshold(double threshold, double density) implements Combination {

  private static final long serialVersionUID = 1;

  /** What is assumed to be sent where the threshold decides. */
  private static final double UNKNOWN_DENSITY = 0.01;

  public Threshold {
    new Checks().positive("threshold", threshold).fraction("density", density).done();
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
        0,
        new ThresholdCodec(threshold, density, microBatches, layout));
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SparseCombiner.bytes(microBatches, layout) + ThresholdCodec.bytes(microBatches, layout);
  }

  @Override
  public long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return GroupSums.bytes(microBatches, layout);
  }

  @Override
  public long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return ThresholdCodec.bytes(microBatches, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return layout.trainedChunks().elements();
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    double sent = density > 0 ? density : UNKNOWN_DENSITY;
    return SparseCombiner.load(
        ThresholdCodec.bytesPerElement(sent), true, microBatches, executors, layout);
  }
}
