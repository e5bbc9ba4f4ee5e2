package org.convoy.task;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * Weights as the recipe states them.
 *
 * @param classes their weights; a class that is not listed has the weight 1
 */
public record Stated(List<ClassWeight> classes) implements ClassWeights {
  /** Checks that there are any. */
  public Stated {
    classes = List.copyOf(classes);
    new Checks()
        .that(!classes.isEmpty(), "classes", "expected a weight of at least one class, got none")
        .done();
  }

  @Override
  public double[] unscaled(List<String> names, long[] counts) {
    return ClassWeights.stated("class-weights.classes", classes, names);
  }
}
