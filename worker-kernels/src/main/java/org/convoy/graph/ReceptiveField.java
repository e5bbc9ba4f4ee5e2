package org.convoy.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The part of the input that one position of a result depends on (Araujo et al. 2019, "Computing
 * receptive fields of convolutional neural networks", equations 1 and 2).
 *
 * @param size positions of the input in each spatial dimension; empty: all of the input
 * @param stride positions of the input from one result to the next, in each spatial dimension;
 *     empty if the result has no such order
 */
public record ReceptiveField(List<Double> size, List<Double> stride) {
  /** All of the input. */
  public static final ReceptiveField WHOLE = new ReceptiveField(List.of(), List.of());

  /** Copies the lists. */
  public ReceptiveField {
    size = List.copyOf(size);
    stride = List.copyOf(stride);
  }

  /** That of the input's own positions. */
  static ReceptiveField ofInput(Shape input) {
    List<Double> ones = Collections.nCopies(input.spatialRank(), 1.0);
    return new ReceptiveField(ones, ones);
  }

  /** Whether it is all of the input, whatever the input's size. */
  public boolean isWhole() {
    return size.isEmpty();
  }

  /** After windows over this one's positions. */
  ReceptiveField through(Window window) {
    if (stride.isEmpty()) {
      return WHOLE;
    }
    Window over = window.forRank(size.size());
    List<Double> taps = new ArrayList<>();
    List<Double> every = new ArrayList<>();
    for (int i = 0; i < size.size(); i++) {
      taps.add(over.dilation().get(i) * (over.kernel().get(i) - 1.0));
      every.add(over.stride().get(i).doubleValue());
    }
    return wider(taps, every);
  }

  /**
   * After an op that reads several neighbours for each result.
   *
   * @param further neighbours beyond the first, in each dimension
   * @param every of its inputs' positions from one result to the next; less than 1 where the op
   *     enlarges
   */
  ReceptiveField wider(List<Double> further, List<Double> every) {
    if (stride.isEmpty()) {
      return WHOLE;
    }
    List<Double> sizes = new ArrayList<>();
    List<Double> strides = new ArrayList<>();
    for (int i = 0; i < size.size(); i++) {
      sizes.add(size.get(i) + further.get(i) * stride.get(i));
      strides.add(stride.get(i) * every.get(i));
    }
    return new ReceptiveField(sizes, strides);
  }

  /** Of a result that reads both at the same positions. */
  ReceptiveField and(ReceptiveField other) {
    boolean alike = size.size() == other.size.size() && stride.size() == other.stride.size();
    return alike
        ? new ReceptiveField(larger(size, other.size), larger(stride, other.stride))
        : WHOLE;
  }

  private static List<Double> larger(List<Double> one, List<Double> other) {
    return IntStream.range(0, one.size())
        .mapToObj(i -> Math.max(one.get(i), other.get(i)))
        .toList();
  }

  /** After positions were put in a row: neighbours there are not neighbours in the input. */
  ReceptiveField unordered() {
    return new ReceptiveField(size, List.of());
  }

  /** The size, for example {@code 35x35}, or {@code all}. */
  public String sizeText() {
    return isWhole() ? "all" : text(size);
  }

  /** The stride, for example {@code 4x4}; empty where there is none. */
  public String strideText() {
    return text(stride);
  }

  private static String text(List<Double> numbers) {
    return numbers.stream()
        .map(
            each ->
                each == Math.rint(each)
                    ? String.valueOf(each.longValue())
                    : String.format(Locale.ROOT, "%.2f", each))
        .collect(Collectors.joining("x"));
  }
}
