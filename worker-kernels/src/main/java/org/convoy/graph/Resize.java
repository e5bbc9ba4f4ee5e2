package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Resizes the spatial dimensions like torch's interpolate without antialiasing. Each dimension is resized separately by the matrix {@link #weights}. Linear is bilinear in two dimensions and trilinear in three.
 *
 * @param size the result's spatial dimensions
 */
public record Resize(Method method, List<Integer> size) implements Op {

  /** Determines an output position's place in the input. {@code in} and {@code out} are the two sizes. */
  public enum Method {
    /** The position {@code floor(o in / out)}: torch's "nearest". */
    NEAREST,
    /** The position whose centre is nearest, {@code floor((o + 1/2) in / out)}. */
    NEAREST_EXACT,
    /**
     * Between the two neighbours of {@code (o + 1/2) in / out - 1/2}, at the edges the last one. Centres of pixels are half a pixel from the border: torch's "align_corners=False".
     */
    LINEAR,
    /**
     * Between the two neighbours of {@code o (in - 1) / (out - 1)}, which is 0 for one output. First and last positions coincide: torch's "align_corners=True".
     */
    LINEAR_ALIGNED
  }

  public Resize {
    size = List.copyOf(size);
    if (size.isEmpty() || size.stream().anyMatch(each -> each < 1)) {
      throw new GraphException("resize: every size must be at least 1, got " + size);
    }
  }

  /** To {@code floor(factor * size)} in every spatial dimension of {@code input}. */
  public static Resize by(Method method, double factor, Shape input) {
    List<Integer> size = new ArrayList<>();
    for (int each : input.spatial()) {
      size.add((int) Math.floor(factor * each));
    }
    return new Resize(method, size);
  }

  /**
   * The matrix that resizes one dimension: {@code out} rows of {@code in} columns, one after the other. Each row's sum is 1.
   */
  public double[] weights(int in, int out) {
    double[] weights = new double[Math.multiplyExact(in, out)];
    for (int o = 0; o < out; o++) {
      double position =
          switch (method) {
            case NEAREST -> Math.floorDiv((long) o * in, out);
            case NEAREST_EXACT -> Math.floorDiv((2L * o + 1) * in, 2L * out);
            case LINEAR -> (o + 0.5) * in / out - 0.5;
            case LINEAR_ALIGNED -> out == 1 ? 0 : (double) o * (in - 1) / (out - 1);
          };
      position = Math.min(Math.max(position, 0), in - 1);
      int low = (int) position;
      int high = Math.min(low + 1, in - 1);
      weights[o * in + low] += 1 - (position - low);
      weights[o * in + high] += position - low;
    }
    return weights;
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.spatialRank() != size.size()) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "resize: input %s must have %d spatial dimensions", input, size.size()));
    }
    return Shape.of(input.channels(), size);
  }

  @Override
  public String word() {
    return "resize";
  }
}
