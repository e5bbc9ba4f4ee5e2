package org.convoy.driver.training;

import java.util.List;
import org.convoy.graph.Parameters;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sharpness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parameters of a micro-batch's second pass, where the loss is higher. The moments of norms are
 * those of the first pass, at the parameters themselves.
 */
final class SharpnessPass implements AutoCloseable {
  private final Sharpness rule;
  private final List<DecayMask.Range> trained;
  private final long statistics;
  private final INDArray moved;
  private final INDArray moments;

  SharpnessPass(Sharpness rule, Parameters layout, ParameterGroups groups) {
    this.rule = rule;
    this.statistics = layout.trainableLength();
    this.trained =
        groups.runs(0, statistics).stream()
            .map(run -> new DecayMask.Range(run.from(), run.to()))
            .toList();
    this.moved = Nd4j.create(DataType.FLOAT, layout.length());
    this.moments = Nd4j.create(DataType.FLOAT, Math.max(1, layout.length() - statistics));
  }

  /** Native bytes that it takes. */
  static long bytes(Parameters layout) {
    return Float.BYTES * (2 * layout.length() - layout.trainableLength());
  }

  /**
   * The parameters of the second pass, from those and the gradient of the first one. Keeps the
   * first one's moments.
   */
  INDArray climb(INDArray parameters, INDArray gradient) {
    moved.assign(parameters);
    rule.climb(parameters, gradient, trained, moved);
    if (statistics < gradient.length()) {
      moments.assign(part(gradient));
    }
    return moved;
  }

  /** Puts the first pass's moments back, after the second one. */
  void restoreMoments(INDArray gradient) {
    if (statistics < gradient.length()) {
      part(gradient).assign(moments);
    }
  }

  private INDArray part(INDArray gradient) {
    return gradient.get(NDArrayIndex.interval(statistics, gradient.length()));
  }

  @Override
  public void close() {
    moved.close();
    moments.close();
  }
}
