package org.convoy.driver.data;

import java.util.List;
import org.convoy.settings.Checks;
import org.convoy.task.ClassWeight;
import org.convoy.task.ClassWeights;

/**
 * The samples of some classes more often, or less often, than others: a class of n samples has a
 * share of each epoch in proportion to n times its weight.
 *
 * @param classes their weights; a class that is not listed has the weight 1
 */
public record Weighted(List<ClassWeight> classes) implements Sampling {
  /** Checks that there are any. */
  public Weighted {
    classes = List.copyOf(classes);
    new Checks()
        .that(!classes.isEmpty(), "classes", "expected a weight of at least one class, got none")
        .done();
  }

  @Override
  public Selection of(Labelled samples, int places, long seed) {
    double[] shares = weights(samples.classes());
    long[] counts = samples.counts();
    for (int c = 0; c < shares.length; c++) {
      shares[c] *= counts[c];
    }
    return new ClassShares(samples, shares, places, seed);
  }

  @Override
  public void check(List<String> names) {
    weights(names);
  }

  private double[] weights(List<String> names) {
    return ClassWeights.stated("data.sampling.classes", classes, names);
  }

  @Override
  public boolean byClass() {
    return true;
  }
}
