package org.convoy.rivals.libtorch;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.Attention;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Embedding;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Multiply;
import org.convoy.graph.Op;
import org.convoy.graph.OpTable;
import org.convoy.graph.PRelu;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Reshape;
import org.convoy.graph.Resize;
import org.convoy.graph.Shape;
import org.convoy.graph.Slice;
import org.convoy.graph.Softmax;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Window;

/** Every op's counterpart in libtorch. */
final class TorchOps {

  /**
   * What a counterpart is made of.
   *
   * @param input the shape that the node reads first
   * @param output the shape of its result
   * @param tensors the node's own, in its op's order
   * @param overwrites whether the first input may be overwritten
   */
  record Site(Shape input, Shape output, List<Tensor> tensors, boolean overwrites) {}

  private static final String NOT_YET = "none of the networks that are compared has one";

  private static final OpTable<Function<Site, TorchOp>> TABLE =
      OpTable.<Function<Site, TorchOp>>of("libtorch")
          .on(Input.class, op -> site -> (in, training) -> in[0])
          .on(Convolution.class, op -> site -> convolution(op, site.tensors()))
          .on(Linear.class, op -> site -> linear(op, site.tensors()))
          .on(BatchNorm.class, op -> site -> TorchNorms.batch(op, site.tensors()))
          .on(LayerNorm.class, op -> site -> TorchNorms.layer(op, site.input(), site.tensors()))
          .on(LocalResponseNorm.class, op -> site -> TorchNorms.localResponse(op))
          .on(Dropout.class, op -> site -> TorchDropout.of(op))
          .on(Activate.class, op -> site -> activation(op, site.overwrites()))
          .on(Pool.class, op -> site -> pool(op))
          .on(GlobalAveragePool.class, op -> site -> globalAverage(site.input()))
          .on(AdaptiveAveragePool.class, op -> site -> adaptive(op))
          .on(Add.class, op -> site -> add(site.overwrites()))
          .on(Multiply.class, op -> site -> (in, training) -> in[0].mul(in[1]))
          .on(ChannelScale.class, op -> site -> scale(site.tensors().get(0)))
          .on(Concat.class, op -> site -> TorchOps::concat)
          .on(PadChannels.class, op -> site -> padChannels(op, site.output()))
          .on(Flatten.class, op -> site -> (in, training) -> in[0].flatten(1, -1))
          .refuse(GroupNorm.class, NOT_YET)
          .refuse(GlobalResponseNorm.class, NOT_YET)
          .refuse(PRelu.class, NOT_YET)
          .refuse(Softmax.class, NOT_YET)
          .refuse(TransposedConvolution.class, NOT_YET)
          .refuse(Slice.class, NOT_YET)
          .refuse(Pad.class, NOT_YET)
          .refuse(ChannelShuffle.class, NOT_YET)
          .refuse(Resize.class, NOT_YET)
          .refuse(MatrixProduct.class, NOT_YET)
          .refuse(Reshape.class, NOT_YET)
          .refuse(Embedding.class, NOT_YET)
          .refuse(Attention.class, NOT_YET)
          .refuse(RelativeAttention.class, NOT_YET)
          .build();

  private TorchOps() {}

  /**
   * The function of a node.
   *
   * @throws UnsupportedOperationException if there is none
   */
  static TorchOp of(Op op, Site site) {
    return TABLE.get(op).apply(site);
  }

  private static TorchOp add(boolean overwrites) {
    return overwrites
        ? (in, training) -> new Tensor(in[0].add_(in[1]))
        : (in, training) -> in[0].add(in[1]);
  }

  private static TorchOp scale(Tensor factors) {
    return (in, training) -> in[0].mul(factors);
  }

  private static TorchOp convolution(Convolution op, List<Tensor> tensors) {
    Tensor weight = tensors.get(0);
    TensorOptional bias = optional(op.bias(), tensors);
    Window window = op.window();
    long[] stride = longs(window.stride());
    long[] dilation = longs(window.dilation());
    long[] none = new long[window.rank()];
    boolean even = window.padBefore().equals(window.padAfter());
    long[] padding = even ? longs(window.padBefore()) : none;
    TorchOp convolve =
        (in, training) ->
            torch.convolution(
                in[0], weight, bias, stride, padding, dilation, false, none, op.groups());
    return even ? convolve : padded(window, convolve);
  }

  /** An op on its input with the window's padding around it. */
  private static TorchOp padded(Window window, TorchOp op) {
    int rank = window.rank();
    long[] pads = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      pads[2 * (rank - 1 - i)] = window.padBefore().get(i);
      pads[2 * (rank - 1 - i) + 1] = window.padAfter().get(i);
    }
    return (in, training) -> {
      try (Tensor wide = torch.constant_pad_nd(in[0], pads)) {
        return op.apply(new Tensor[] {wide}, training);
      }
    };
  }

  private static TorchOp linear(Linear op, List<Tensor> tensors) {
    Tensor weight = tensors.get(0);
    TensorOptional bias = optional(op.bias(), tensors);
    return (in, training) -> {
      if (in[0].dim() == 2) {
        return torch.linear(in[0], weight, bias);
      }
      try (Tensor channelsLast = torch.movedim(in[0], 1, -1);
          Tensor product = torch.linear(channelsLast, weight, bias)) {
        return torch.movedim(product, -1, 1);
      }
    };
  }

  static TorchOp activation(Activate op, boolean overwrites) {
    Scalar alpha = new Scalar(op.alpha());
    Scalar one = new Scalar(1.0);
    return switch (op.function()) {
      case RELU ->
          overwrites
              ? (in, training) -> new Tensor(in[0].relu_())
              : (in, training) -> torch.relu(in[0]);
      case RELU6 ->
          overwrites
              ? (in, training) -> new Tensor(torch.relu6_(in[0]))
              : (in, training) -> torch.relu6(in[0]);
      case LEAKY_RELU -> (in, training) -> torch.leaky_relu(in[0], alpha);
      case ELU -> (in, training) -> torch.elu(in[0], alpha, one, one);
      case LINEAR -> (in, training) -> in[0].mul(alpha);
      case SIGMOID -> (in, training) -> torch.sigmoid(in[0]);
      case TANH -> (in, training) -> torch.tanh(in[0]);
      case GELU -> (in, training) -> torch.gelu(in[0], "none");
      case GELU_TANH -> (in, training) -> torch.gelu(in[0], "tanh");
      case SILU -> (in, training) -> torch.silu(in[0]);
      case HARD_SIGMOID -> (in, training) -> torch.hardsigmoid(in[0]);
      case HARD_SWISH -> (in, training) -> torch.hardswish(in[0]);
    };
  }

  private static TorchOp pool(Pool op) {
    Window window = op.window();
    if (!window.padBefore().equals(window.padAfter())) {
      throw new UnsupportedOperationException(
          String.format(Locale.ROOT, "libtorch: a pool's padding must be equal on both sides, got %s and %s", window.padBefore(), window.padAfter()));
    }
    long[] kernel = longs(window.kernel());
    long[] stride = longs(window.stride());
    long[] padding = longs(window.padBefore());
    long[] dilation = longs(window.dilation());
    boolean maximum = op.kind() == Pool.Kind.MAX;
    LongOptional divisor = new LongOptional();
    return switch (window.rank()) {
      case 1 ->
          maximum
              ? (in, training) ->
                  torch.max_pool1d(in[0], kernel, stride, padding, dilation, op.ceil())
              : (in, training) ->
                  torch.avg_pool1d(in[0], kernel, stride, padding, op.ceil(), op.countPadding());
      case 2 ->
          maximum
              ? (in, training) ->
                  torch.max_pool2d(in[0], kernel, stride, padding, dilation, op.ceil())
              : (in, training) ->
                  torch.avg_pool2d(
                      in[0], kernel, stride, padding, op.ceil(), op.countPadding(), divisor);
      case 3 ->
          maximum
              ? (in, training) ->
                  torch.max_pool3d(in[0], kernel, stride, padding, dilation, op.ceil())
              : (in, training) ->
                  torch.avg_pool3d(
                      in[0], kernel, stride, padding, op.ceil(), op.countPadding(), divisor);
      default ->
          throw new UnsupportedOperationException(
              String.format(Locale.ROOT, "libtorch: no pool over %d dimensions", window.rank()));
    };
  }

  private static TorchOp globalAverage(Shape input) {
    if (input.spatialRank() == 2) {
      return (in, training) -> {
        try (Tensor mean = torch.adaptive_avg_pool2d(in[0], 1, 1)) {
          return mean.flatten(1, -1);
        }
      };
    }
    return (in, training) -> {
      try (Tensor flat = in[0].flatten(2, -1)) {
        return flat.mean(2);
      }
    };
  }

  private static TorchOp adaptive(AdaptiveAveragePool op) {
    long[] output = longs(op.output());
    return switch (output.length) {
      case 1 -> (in, training) -> torch.adaptive_avg_pool1d(in[0], output);
      case 2 -> (in, training) -> torch.adaptive_avg_pool2d(in[0], output);
      default -> (in, training) -> torch.adaptive_avg_pool3d(in[0], output);
    };
  }

  private static Tensor concat(Tensor[] in, boolean training) {
    try (TensorVector parts = new TensorVector(in)) {
      return torch.cat(parts, 1);
    }
  }

  private static TorchOp padChannels(PadChannels op, Shape shape) {
    long[] pads = new long[2 * shape.rank()];
    pads[pads.length - 2] = op.before();
    pads[pads.length - 1] = op.after();
    return (in, training) -> torch.constant_pad_nd(in[0], pads);
  }

  private static TensorOptional optional(boolean bias, List<Tensor> tensors) {
    return bias ? new TensorOptional(tensors.get(1)) : new TensorOptional();
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }
}
