package org.convoy.rivals.libtorch;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LocalResponseNormOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.convoy.graph.Activate;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Shape;

/** The norms' counterparts in libtorch. */
final class TorchNorms {
  private TorchNorms() {}

  static TorchOp batch(BatchNorm op, List<Tensor> tensors) {
    List<TensorOptional> own = tensors.stream().map(TensorOptional::new).toList();
    Optional<TorchOp> activation =
        op.activation().map(function -> TorchOps.activation(Activate.of(function), true));
    return (in, training) -> {
      Tensor norm =
          torch.batch_norm(
              in[0],
              own.get(0),
              own.get(1),
              own.get(2),
              own.get(3),
              training,
              op.momentum(),
              op.epsilon(),
              false);
      if (in.length == 2) {
        norm.add_(in[1]);
      }
      return activation.isPresent()
          ? activation.get().apply(new Tensor[] {norm}, training)
          : norm;
    };
  }

  /** Over channels as torchvision's LayerNorm2d, between two permutations of dimensions. */
  static TorchOp layer(LayerNorm op, Shape read, List<Tensor> tensors) {
    TensorOptional weight = new TensorOptional(tensors.get(0));
    TensorOptional bias = new TensorOptional(tensors.get(1));
    long[] over = tensors.get(0).shape();
    if (op.over() == LayerNorm.Over.SAMPLE || read.spatialRank() == 0) {
      return (in, training) -> torch.layer_norm(in[0], over, weight, bias, op.epsilon(), false);
    }
    int rank = read.rank() + 1;
    long[] channelsLast =
        IntStream.range(0, rank).mapToLong(i -> i == 0 ? 0 : i % (rank - 1) + 1).toArray();
    channelsLast[rank - 1] = 1;
    long[] channelsFirst =
        IntStream.range(0, rank).mapToLong(i -> i < 2 ? i * (rank - 1L) : i - 1L).toArray();
    return (in, training) -> {
      try (Tensor moved = in[0].permute(channelsLast);
          Tensor norm = torch.layer_norm(moved, over, weight, bias, op.epsilon(), false)) {
        return norm.permute(channelsFirst);
      }
    };
  }

  static TorchOp localResponse(LocalResponseNorm op) {
    LocalResponseNormOptions options = new LocalResponseNormOptions(op.size());
    options.alpha().put(op.alpha());
    options.beta().put(op.beta());
    options.k().put(op.k());
    return (in, training) -> torch.local_response_norm(in[0], options);
  }
}
