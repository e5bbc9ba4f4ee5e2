package org.convoy.driver.training;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.SampleIndex;

/**
 * What a recipe does about classes of different sizes, checked against the classes that there are.
 */
final class ClassBalance {
  private ClassBalance() {}

  /**
   * Checks the classes that the recipe names, and says what weights it gives.
   *
   * @param training the training split
   * @return a line for the user; empty if all classes count alike
   * @throws org.convoy.settings.RequestException if the recipe names a class that there is not
   */
  static Optional<String> check(Recipe recipe, SampleIndex training) {
    recipe.data().sampling().check(training.classes());
    long[] counts = training.classCounts();
    double[] weights = recipe.classWeights().of(training.classes(), counts);
    Comparator<Integer> byWeight = Comparator.comparingDouble(c -> weights[c]);
    List<Integer> there =
        IntStream.range(0, counts.length).filter(c -> counts[c] > 0).boxed().toList();
    if (recipe.classWeights().equal() || there.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "class weights from "
            + named(there.stream().min(byWeight).orElseThrow(), training, weights, counts)
            + " to "
            + named(there.stream().max(byWeight).orElseThrow(), training, weights, counts));
  }

  private static String named(int c, SampleIndex training, double[] weights, long[] counts) {
    return String.format(
        Locale.ROOT, "%.3g (%s, %d images)", weights[c], training.classes().get(c), counts[c]);
  }
}
