package org.convoy.rivals.libtorch;

import java.util.Arrays;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.convoy.graph.Dropout;

/** Dropout's counterparts in libtorch, which draws in its own way. */
final class TorchDropout {
  private TorchDropout() {}

  static TorchOp of(Dropout op) {
    double probability = op.probability();
    return switch (op.kind()) {
      case ELEMENT -> (in, training) -> torch.dropout(in[0], probability, training);
      case CHANNEL -> (in, training) -> torch.feature_dropout(in[0], probability, training);
      case SAMPLE -> stochasticDepth(1 - probability);
      case BLOCK, PATCH ->
          throw new UnsupportedOperationException("libtorch: no counterpart of " + op.word());
    };
  }

  /** As torchvision writes it, mode "row". */
  private static TorchOp stochasticDepth(double survival) {
    Scalar kept = new Scalar(survival);
    GeneratorOptional global = new GeneratorOptional();
    return (in, training) -> {
      if (!training || survival == 1) {
        return new Tensor(in[0]);
      }
      long[] shape = new long[Math.toIntExact(in[0].dim())];
      Arrays.fill(shape, 1);
      shape[0] = in[0].size(0);
      try (Tensor noise = in[0].new_empty(shape)) {
        noise.bernoulli_(survival, global);
        noise.div_(kept);
        return in[0].mul(noise);
      }
    };
  }
}
