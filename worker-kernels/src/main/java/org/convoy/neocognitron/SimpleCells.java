package org.convoy.neocognitron;

import org.convoy.random.SplitMix64;

/**
 * A layer of S-cells. All cells of a plane have the same weights, each at its own place. A cell
 * sees 5x5 positions of all planes before it.
 */
final class SimpleCells {
  static final int WINDOW = 5;
  private static final int HALF = WINDOW / 2;

  /** The fall of the fixed weights c with each step from the middle. */
  private static final double FALL = 0.9;

  /** The greatest weight before anything is learned. */
  private static final double FIRST = 1e-3;

  private final Stage stage;
  private final int inputs;
  private final double[] weights;
  private final double[] inhibitions;
  private final double[] fixed;

  /**
   * @param inputs the number of planes before it
   * @param seed of the first weights
   */
  SimpleCells(Stage stage, int inputs, long seed) {
    this.stage = stage;
    this.inputs = inputs;
    int taps = WINDOW * WINDOW;
    this.weights = new double[stage.planes() * inputs * taps];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = FIRST * (SplitMix64.at(seed, i) >>> 11) * 0x1.0p-53;
    }
    this.inhibitions = new double[stage.planes()];
    this.fixed = new double[taps];
    double sum = 0;
    for (int i = 0; i < taps; i++) {
      double distance = Math.hypot(i / WINDOW - HALF, i % WINDOW - HALF);
      fixed[i] = StrictMath.pow(FALL, distance);
      sum += inputs * fixed[i];
    }
    for (int i = 0; i < taps; i++) {
      fixed[i] /= sum;
    }
  }

  /** The outputs (equation 1): how much more a cell is excited than inhibited. */
  Planes respond(Planes before) {
    Planes after = Planes.silent(stage.planes(), before.side());
    double r = stage.selectivity();
    for (int y = 0; y < before.side(); y++) {
      for (int x = 0; x < before.side(); x++) {
        double inhibitor = inhibitor(before, y, x);
        for (int k = 0; inhibitor > 0 && k < stage.planes(); k++) {
          double inhibited = 1 + 2 * r / (1 + r) * inhibitions[k] * inhibitor;
          after.set(k, y, x, r * Math.max(0, (1 + excitation(k, before, y, x)) / inhibited - 1));
        }
      }
    }
    return after;
  }

  private double excitation(int plane, Planes before, int y, int x) {
    double sum = 0;
    int weight = plane * inputs * fixed.length;
    for (int k = 0; k < inputs; k++) {
      for (int i = 0; i < fixed.length; i++) {
        sum += weights[weight++] * seen(before, k, y, x, i);
      }
    }
    return sum;
  }

  /** The root mean square of what a cell sees (equation 3). */
  private double inhibitor(Planes before, int y, int x) {
    double sum = 0;
    for (int k = 0; k < inputs; k++) {
      for (int i = 0; i < fixed.length; i++) {
        double output = seen(before, k, y, x, i);
        sum += fixed[i] * output * output;
      }
    }
    return Math.sqrt(sum);
  }

  private static double seen(Planes before, int plane, int y, int x, int tap) {
    return before.at(plane, y + tap / WINDOW - HALF, x + tap % WINDOW - HALF);
  }

  /**
   * Learns from a pattern (section 3): the cell with the greatest output represents its plane, and
   * the weights of the plane grow by what it sees (equations 7 and 8). Other cells of this plane,
   * and cells near this position in all planes, no longer compete; then the next one is found,
   * until no cell is left that responds.
   */
  void learn(Planes before) {
    Planes after = respond(before);
    boolean[] taken = new boolean[stage.planes()];
    while (true) {
      int plane = -1;
      int place = -1;
      double most = 0;
      int size = after.side() * after.side();
      for (int i = 0; i < after.outputs().length; i++) {
        if (!taken[i / size] && after.outputs()[i] > most) {
          most = after.outputs()[i];
          plane = i / size;
          place = i % size;
        }
      }
      if (plane < 0) {
        return;
      }
      taken[plane] = true;
      int y = place / after.side();
      int x = place % after.side();
      reinforce(plane, before, y, x);
      silence(after, y, x);
    }
  }

  private void reinforce(int plane, Planes before, int y, int x) {
    int weight = plane * inputs * fixed.length;
    for (int k = 0; k < inputs; k++) {
      for (int i = 0; i < fixed.length; i++) {
        weights[weight++] += stage.speed() * fixed[i] * seen(before, k, y, x, i);
      }
    }
    inhibitions[plane] += stage.speed() / 2 * inhibitor(before, y, x);
  }

  private static void silence(Planes planes, int y, int x) {
    for (int k = 0; k < planes.count(); k++) {
      for (int v = Math.max(0, y - HALF); v <= Math.min(planes.side() - 1, y + HALF); v++) {
        for (int u = Math.max(0, x - HALF); u <= Math.min(planes.side() - 1, x + HALF); u++) {
          planes.set(k, v, u, 0);
        }
      }
    }
  }
}
