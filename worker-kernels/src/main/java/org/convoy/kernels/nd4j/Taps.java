package org.convoy.kernels.nd4j;

import java.util.Arrays;
import org.convoy.graph.Window;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A window that slides over the spatial dimensions, one kernel tap at a time. Over all windows, one
 * tap covers a regular grid of the padded input, which is a strided view. Tensors have any two
 * dimensions before the spatial ones.
 */
final class Taps {
  private final Window window;
  private final long[] in;
  private final long[] out;
  private final long[] padded;

  /**
   * @param input {@code (_, _, spatial...)}
   * @param output the same after sliding; ceil mode may let its last windows overhang the padding
   */
  Taps(Window window, INDArray input, INDArray output) {
    int rank = window.rank();
    this.window = window;
    in = new long[rank];
    out = new long[rank];
    padded = new long[rank];
    for (int i = 0; i < rank; i++) {
      in[i] = input.size(i + 2);
      out[i] = output.size(i + 2);
      long reach = window.dilation().get(i) * (window.kernel().get(i) - 1L) + 1;
      padded[i] =
          Math.max(
              window.padBefore().get(i) + in[i] + window.padAfter().get(i),
              (out[i] - 1) * window.stride().get(i) + reach);
    }
  }

  int count() {
    return window.taps();
  }

  /** A copy of the tensor with {@code fill} around it. */
  INDArray pad(INDArray tensor, double fill) {
    INDArray result = empty(tensor.size(0), tensor.size(1), tensor).assign(fill);
    interior(result).assign(tensor);
    return result;
  }

  /** An uninitialised array of the shape that {@link #pad} makes. */
  private INDArray empty(long first, long second, INDArray like) {
    return Nd4j.createUninitialized(like.dataType(), shape(first, second, padded), 'c');
  }

  /** The original tensor's part of a padded tensor, a view. */
  INDArray interior(INDArray paddedTensor) {
    long[] from = new long[in.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = window.padBefore().get(i);
    }
    return view(paddedTensor, from, unit(), in);
  }

  /**
   * The elements of a padded tensor under one tap, for every window, {@code (_, _, out...)}, a
   * view.
   *
   * @param tap in C order over the kernel
   */
  INDArray under(INDArray paddedTensor, int tap) {
    long[] from = new long[in.length];
    long[] step = new long[in.length];
    int rest = tap;
    for (int i = from.length - 1; i >= 0; i--) {
      int kernel = window.kernel().get(i);
      from[i] = (long) (rest % kernel) * window.dilation().get(i);
      step[i] = window.stride().get(i);
      rest /= kernel;
    }
    return view(paddedTensor, from, step, out);
  }

  /**
   * The number of taps that count towards a mean, for every window, {@code (1, 1, out...)}.
   *
   * @param padding whether taps in the padding count; taps in the overhang of ceil mode never count
   */
  INDArray counted(INDArray like, boolean padding) {
    INDArray ones = empty(1, 1, like).assign(0);
    if (padding) {
      long[] extent = new long[in.length];
      for (int i = 0; i < extent.length; i++) {
        extent[i] = window.padBefore().get(i) + in[i] + window.padAfter().get(i);
      }
      view(ones, new long[in.length], unit(), extent).assign(1);
    } else {
      interior(ones).assign(1);
    }
    INDArray count = Nd4j.zeros(like.dataType(), shape(1, 1, out));
    for (int tap = 0; tap < count(); tap++) {
      count.addi(under(ones, tap));
    }
    return count;
  }

  private long[] unit() {
    long[] ones = new long[in.length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static long[] shape(long first, long second, long[] spatial) {
    long[] shape = new long[spatial.length + 2];
    shape[0] = first;
    shape[1] = second;
    System.arraycopy(spatial, 0, shape, 2, spatial.length);
    return shape;
  }

  private static INDArray view(INDArray tensor, long[] from, long[] step, long[] size) {
    long[] strides = tensor.stride().clone();
    long offset = 0;
    for (int i = 0; i < from.length; i++) {
      offset += from[i] * strides[i + 2];
      strides[i + 2] *= step[i];
    }
    return Matrices.view(tensor, offset, shape(tensor.size(0), tensor.size(1), size), strides);
  }
}
