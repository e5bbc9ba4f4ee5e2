package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sums over the middle dimension of {@code (outer, middle, inner)}, as {@code sums.cuh} explains.
 * Where a sum is cut depends on sizes alone, so the bytes are the same on every device.
 */
final class Sums {
  /** Indices of a first kernel that fill a large GPU. */
  private static final long WANTED = 1L << 18;

  /** The least elements that one index sums. */
  private static final long SHORTEST = 16;

  /** The most parts, which two folds sum. */
  private static final long MOST_PARTS = 4096;

  /** Parts that one index folds. */
  private static final long FAN = 64;

  private final Lowering lowering;
  private final long outer;
  private final long middle;
  private final long inner;

  Sums(Lowering lowering, long outer, long middle, long inner) {
    this.lowering = lowering;
    this.outer = outer;
    this.middle = middle;
    this.inner = inner;
  }

  /**
   * Elements of a part.
   *
   * @param columns sums of {@code middle} elements each, or groups of sums if an index takes more
   *     than one
   */
  static long partOf(long columns, long middle) {
    long parts = Math.min(MOST_PARTS, Math.max(1, WANTED / columns));
    return Math.min(middle, Math.max(SHORTEST, (middle + parts - 1) / parts));
  }

  /**
   * Adds a first kernel and its folds.
   *
   * @param kernel the first kernel
   * @param arguments lists its tensors before the sums, and what comes after them
   * @param quantities how many numbers the kernel sums
   * @param targets where the sums go; where fewer are given, in new memory
   */
  List<Tensor> of(
      Kernel kernel, Arguments arguments, int quantities, List<Optional<Tensor>> targets) {
    long columns = outer * inner;
    long part = partOf(kernel.isWide() ? columns / Kernel.WIDTH : columns, middle);
    long parts = (middle + part - 1) / part;
    long count = columns * parts;
    Tensor sums = lowering.allocate(Desc.numbers(count * quantities));
    arguments.list(kernel.sizes(middle, inner, parts, part), sums).launch(count);
    List<Tensor> results = new ArrayList<>();
    for (int q = 0; q < quantities; q++) {
      Optional<Tensor> target = q < targets.size() ? targets.get(q) : Optional.empty();
      results.add(fold(sums.part(q * count, count), outer, parts, inner, target));
    }
    return results;
  }

  /** Whether kernels may sum eight neighbouring columns at an index. */
  boolean wide() {
    return inner % Kernel.WIDTH == 0;
  }

  /** Lists the arguments of a first kernel. */
  @FunctionalInterface
  interface Arguments {
    Kernel list(Kernel kernel, Tensor sums);
  }

  /** {@link #of} of one quantity. */
  Tensor one(Kernel kernel, Arguments arguments, Optional<Tensor> target) {
    return of(kernel, arguments, 1, List.of(target)).get(0);
  }

  /** The sum of a tensor. */
  Tensor plain(Tensor tensor, Optional<Tensor> target) {
    if (wide() && tensor.desc().type() == lowering.type()) {
      Kernel sum = lowering.kernel("sum").wide(true);
      return one(sum, (kernel, sums) -> kernel.at(tensor, sums), target);
    }
    UnaryOperator<Kernel> type = kernel -> kernel.sizesFrom(4, tensor.desc().type().ordinal());
    return one(
        lowering.untyped("sum"), (kernel, sums) -> type.apply(kernel.at(tensor, sums)), target);
  }

  /** The sum of the products of two tensors. */
  Tensor products(Tensor first, Tensor second, Optional<Tensor> target) {
    NumberType type = lowering.type();
    if (wide() && first.desc().type() == type && second.desc().type() == type) {
      Kernel sum = lowering.kernel("sum_products").wide(true);
      return one(sum, (kernel, sums) -> kernel.at(first, second, sums), target);
    }
    return one(
        lowering.untyped("sum_products"),
        (kernel, sums) ->
            kernel
                .at(first, second, sums)
                .sizesFrom(4, first.desc().type().ordinal(), second.desc().type().ordinal()),
        target);
  }

  /** Sums parts until one is left. */
  private Tensor fold(Tensor parts, long outer, long count, long inner, Optional<Tensor> target) {
    return fold(lowering, parts, outer, count, inner, target);
  }

  /**
   * Sums the middle dimension of {@code (outer, parts, inner)} numbers.
   *
   * @param target where the sums go; new memory, or the parts' own where there is one part
   */
  static Tensor fold(
      Lowering lowering, Tensor sums, long outer, long parts, long inner, Optional<Tensor> target) {
    if (parts == 1 && target.isEmpty()) {
      return sums;
    }
    long fan = Math.min(parts, FAN);
    long groups = (parts + fan - 1) / fan;
    long count = outer * groups * inner;
    Tensor result =
        groups == 1 && target.isPresent() ? target.get() : lowering.allocate(Desc.numbers(count));
    lowering.untyped("fold").at(sums, result).sizes(inner, parts, fan, groups).launch(count);
    return groups == 1 ? result : fold(lowering, result, outer, groups, inner, target);
  }
}
