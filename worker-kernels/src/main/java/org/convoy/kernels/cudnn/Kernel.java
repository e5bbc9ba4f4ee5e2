package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.convoy.kernels.cuda.Arguments;

/** A launch of one of Convoy's own kernels while its arguments are listed. */
final class Kernel {
  /** {@code WIDE} of {@code device.cuh}. */
  static final int WIDTH = 8;

  private final Lowering lowering;
  private String name;
  private long elements = 1;
  private final List<Optional<Tensor>> places = new ArrayList<>();
  private final long[] sizes = new long[Arguments.SIZES];
  private int filled;
  private float[] factors = {};

  /**
   * @param name as {@code src/main/cuda} exports it
   */
  Kernel(Lowering lowering, String name) {
    this.lowering = lowering;
    this.name = name;
  }

  /**
   * Takes the kernel of this name that computes eight neighbouring elements at an index, if they
   * can be.
   *
   * @param possible whether no eight elements lie in two rows of channels
   */
  Kernel wide(boolean possible) {
    if (possible) {
      int type = name.lastIndexOf('_');
      name = name.substring(0, type) + "_wide" + name.substring(type);
      elements = WIDTH;
    }
    return this;
  }

  boolean isWide() {
    return elements > 1;
  }

  /** The next tensors. */
  Kernel at(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      places.add(Optional.of(tensor));
    }
    return this;
  }

  /** The next tensor, which may be missing. */
  Kernel maybe(Optional<Tensor> tensor) {
    places.add(tensor);
    return this;
  }

  /** The next {@code count} tensors are missing. */
  Kernel missing(int count) {
    places.addAll(Collections.nCopies(count, Optional.empty()));
    return this;
  }

  /** The next sizes. */
  Kernel sizes(long... numbers) {
    for (long number : numbers) {
      sizes[filled++] = number;
    }
    return this;
  }

  /** The next sizes are those from an index on. */
  Kernel sizesFrom(int index, long... numbers) {
    filled = index;
    return sizes(numbers);
  }

  Kernel factors(double... numbers) {
    factors = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      factors[i] = (float) numbers[i];
    }
    return this;
  }

  /**
   * Adds the launch to the program.
   *
   * @param count the elements, eight of which are one index of a wide kernel
   */
  void launch(long count) {
    lowering.add(
        new Step.Launch(
            name + " " + lowering.nodeName(),
            name,
            count / elements,
            List.copyOf(places),
            LongStream.of(sizes).limit(filled).toArray(),
            factors));
  }
}
