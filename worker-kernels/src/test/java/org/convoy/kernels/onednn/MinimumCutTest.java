package org.convoy.kernels.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.convoy.graph.Draws;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** The labels cost no more than the best of all there are. */
class MinimumCutTest {
  private static final int NODES = 8;

  @RepeatedTest(40)
  void noLabelsCostLess(RepetitionInfo repetition) {
    Draws draws = new Draws(repetition.getCurrentRepetition(), "cut");
    double[][] label = new double[NODES][2];
    double[][] pair = new double[NODES][NODES];
    MinimumCut cut = new MinimumCut(NODES);
    long index = 0;
    for (int i = 0; i < NODES; i++) {
      label[i][0] = draws.uniform(index++);
      label[i][1] = draws.uniform(index++);
      cut.label(i, label[i][0], label[i][1]);
      for (int j = 0; j < i; j++) {
        if (draws.uniform(index++) < 0.4) {
          pair[i][j] = draws.uniform(index++);
          cut.pair(i, j, pair[i][j]);
        }
      }
    }
    double least = Double.MAX_VALUE;
    for (int labels = 0; labels < 1 << NODES; labels++) {
      least = Math.min(least, cost(label, pair, labels));
    }
    int found = 0;
    boolean[] second = cut.second();
    for (int i = 0; i < NODES; i++) {
      found |= second[i] ? 1 << i : 0;
    }
    assertEquals(least, cost(label, pair, found), 1e-9);
  }

  /** Bit i of the labels says whether node i takes its second. */
  private static double cost(double[][] label, double[][] pair, int labels) {
    double cost = 0;
    for (int i = 0; i < NODES; i++) {
      cost += label[i][labels >> i & 1];
      for (int j = 0; j < i; j++) {
        cost += (labels >> i & 1) == (labels >> j & 1) ? 0 : pair[i][j];
      }
    }
    return cost;
  }
}
