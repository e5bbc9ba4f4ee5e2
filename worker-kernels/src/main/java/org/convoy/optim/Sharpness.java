package org.convoy.optim;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sharpness-aware minimisation (Foret et al. 2021, equation 2). A micro-batch's gradient g is taken
 * at its parameters w, and once more where the loss is higher, at w + e. The second one counts.
 *
 * <pre>
 *   e = radius * g / (|g| + 1e-12)
 *   e = radius * s^2 g / (|s g| + 1e-12),  s = |w| + 0.01     (adaptive: Kwon et al. 2021, "ASAM")
 * </pre>
 *
 * Each micro-batch goes up by its own gradient (the paper's section 4.1: "m-sharpness"), so nothing
 * more is exchanged than without.
 *
 * @param radius the papers' rho; 0: off
 * @param adaptive whether the radius is in proportion to each weight
 */
public record Sharpness(double radius, boolean adaptive) implements Serializable {
  private static final int BLOCK = 65536;
  private static final double LEAST = 1e-12;
  private static final double ETA = 0.01;

  /** Checks the range. */
  public Sharpness {
    new Checks().notNegative("radius", radius).done();
  }

  /** Whether steps have two passes. */
  public boolean on() {
    return radius > 0;
  }

  /**
   * Adds e to the parameters that are trained. The norm is summed over fixed blocks in double, in
   * their order, whatever the number of threads.
   *
   * @param parameters (n) float32, w, only read
   * @param gradient (n) float32, g, only read
   * @param trained the elements that are trained
   * @param moved (n) float32, a copy of w; becomes w + e
   */
  public void climb(
      INDArray parameters, INDArray gradient, List<DecayMask.Range> trained, INDArray moved) {
    FloatBuffer w = FloatMemory.of("parameters", parameters);
    FloatBuffer g = FloatMemory.of("gradient", gradient);
    FloatBuffer to = FloatMemory.of("moved parameters", moved);
    List<DecayMask.Range> blocks = blocks(trained);
    double[] squares = new double[blocks.size()];
    IntStream.range(0, squares.length)
        .parallel()
        .forEach(i -> squares[i] = squares(w, g, blocks.get(i)));
    double scale = scale(squares);
    blocks.parallelStream().forEach(block -> climb(w, g, to, block, scale));
  }

  /** The parts of the elements that are trained whose squares are summed apart. */
  public static List<DecayMask.Range> blocks(List<DecayMask.Range> trained) {
    return trained.stream().flatMap(Sharpness::blocks).toList();
  }

  /**
   * The factor of e.
   *
   * @param squares the sum of squares of each block, of g or of s g
   */
  public double scale(double[] squares) {
    return radius / (GlobalNorm.of(squares) + LEAST);
  }

  private static Stream<DecayMask.Range> blocks(DecayMask.Range range) {
    long count = (range.to() - range.from() + BLOCK - 1) / BLOCK;
    return LongStream.range(0, count)
        .mapToObj(
            i -> {
              long from = range.from() + i * BLOCK;
              return new DecayMask.Range(from, Math.min(range.to(), from + BLOCK));
            });
  }

  private double squares(FloatBuffer w, FloatBuffer g, DecayMask.Range block) {
    double sum = 0;
    for (int i = (int) block.from(); i < block.to(); i++) {
      double value = adaptive ? (Math.abs(w.get(i)) + ETA) * g.get(i) : g.get(i);
      sum += value * value;
    }
    return sum;
  }

  private void climb(
      FloatBuffer w, FloatBuffer g, FloatBuffer to, DecayMask.Range block, double scale) {
    for (int i = (int) block.from(); i < block.to(); i++) {
      double size = Math.abs(w.get(i)) + ETA;
      double step = adaptive ? scale * size * size * g.get(i) : scale * g.get(i);
      to.put(i, (float) (w.get(i) + step));
    }
  }
}
