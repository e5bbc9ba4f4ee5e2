package org.convoy.kernels.nd4j;

import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Multiply;
import org.convoy.graph.Op;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;

/** The registry: which rule defines which op. A new op adds one line here. */
final class Rules {
  private Rules() {}

  /**
   * The rule of an op.
   *
   * @throws UnsupportedOperationException if it has none
   */
  static Rule of(Op op) {
    if (op instanceof Convolution convolution) {
      return new ConvolutionRule(convolution);
    } else if (op instanceof Linear linear) {
      return new LinearRule(linear);
    } else if (op instanceof BatchNorm norm) {
      return new BatchNormRule(norm);
    } else if (op instanceof Activate activate) {
      return new ActivateRule(activate);
    } else if (op instanceof Pool pool) {
      return pool.kind() == Pool.Kind.MAX ? new MaxPoolRule(pool) : new AveragePoolRule(pool);
    } else if (op instanceof GlobalAveragePool) {
      return new GlobalAveragePoolRule();
    } else if (op instanceof Add) {
      return new AddRule();
    } else if (op instanceof Concat) {
      return new ConcatRule();
    } else if (op instanceof LayerNorm norm) {
      return new LayerNormRule(norm);
    } else if (op instanceof LocalResponseNorm norm) {
      return new LocalResponseNormRule(norm);
    } else if (op instanceof PadChannels pad) {
      return new PadChannelsRule(pad);
    } else if (op instanceof Flatten) {
      return new FlattenRule();
    } else if (op instanceof Dropout dropout) {
      return new DropoutRule(dropout);
    } else if (op instanceof AdaptiveAveragePool pool) {
      return new AdaptiveAveragePoolRule(pool);
    } else if (op instanceof Multiply) {
      return new MultiplyRule();
    } else if (op instanceof ChannelScale) {
      return new ChannelScaleRule();
    }
    throw new UnsupportedOperationException("nd4j has no rule for " + op);
  }
}
