package org.convoy.neocognitron;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convoy.random.SplitMix64;

/**
 * A network of stages of S-cells and C-cells that organises itself (Fukushima 1980). It is trained
 * without labels, stage by stage: what a stage sees has settled before it learns. The C-cells of
 * the last stage are one for each plane; each comes to respond to one kind of pattern, wherever it
 * is.
 *
 * <p>Other than in the paper, C-layers have half as many positions in each direction as the
 * S-layers before them where it has 10 of 16 and 6 of 8, and the last C-cells see all positions.
 */
public final class Neocognitron {
  private final int side;
  private final List<SimpleCells> simple = new ArrayList<>();
  private final List<ComplexCells> complex = new ArrayList<>();

  /**
   * @param side of a pattern, in positions; the strides must divide it
   * @param stages from the pattern on; the stride of the last one must leave one position
   * @param seed of the first weights
   */
  public Neocognitron(int side, List<Stage> stages, long seed) {
    this.side = side;
    int positions = side;
    int planes = 1;
    for (Stage stage : stages) {
      if (positions % stage.stride() != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "stage %d: expected a stride that divides %d positions, got %d",
                simple.size() + 1,
                positions,
                stage.stride()));
      }
      simple.add(new SimpleCells(stage, planes, SplitMix64.at(seed, simple.size())));
      boolean last = positions == stage.stride();
      complex.add(new ComplexCells(stage.stride(), last ? positions : 2 * stage.stride() + 1));
      planes = stage.planes();
      positions /= stage.stride();
    }
    if (positions != 1) {
      throw new IllegalArgumentException(
          "expected strides that leave one position, got " + positions);
    }
  }

  /**
   * Three stages for patterns of 16x16 positions, with the paper's 24 planes and speeds. The
   * paper's selectivities are 4, 1.5 and 1.5. Here the second stage has to be more selective, and
   * the last one less.
   */
  public static Neocognitron standard(long seed) {
    return new Neocognitron(
        16,
        List.of(
            //        planes  stride  q     r
            new Stage(24, 2, 1.0, 4.0), new Stage(24, 2, 16.0, 2.5), new Stage(24, 4, 16.0, 1.0)),
        seed);
  }

  /**
   * Learns from patterns.
   *
   * @param patterns each (side, side), from 0 to 1
   * @param rounds how often each stage sees all of them
   */
  public void learn(List<double[]> patterns, int rounds) {
    for (int stage = 0; stage < simple.size(); stage++) {
      int settled = stage;
      List<Planes> seen = patterns.stream().map(each -> respond(each, settled)).toList();
      for (int round = 0; round < rounds; round++) {
        seen.forEach(simple.get(stage)::learn);
      }
    }
  }

  /**
   * The outputs of the last C-cells.
   *
   * @param pattern (side, side), from 0 to 1
   */
  public double[] respond(double[] pattern) {
    return respond(pattern, simple.size()).outputs();
  }

  /** The last C-cell that responds most; -1 if none does. */
  public int winner(double[] pattern) {
    double[] outputs = respond(pattern);
    int best =
        IntStream.range(0, outputs.length)
            .reduce(0, (most, other) -> outputs[other] > outputs[most] ? other : most);
    return outputs[best] > 0 ? best : -1;
  }

  private Planes respond(double[] pattern, int stages) {
    if (pattern.length != side * side) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected a pattern of %dx%d positions, got %d",
              side,
              side,
              pattern.length));
    }
    Planes planes = new Planes(1, side, pattern.clone());
    for (int i = 0; i < stages; i++) {
      planes = complex.get(i).respond(simple.get(i).respond(planes));
    }
    return planes;
  }
}
