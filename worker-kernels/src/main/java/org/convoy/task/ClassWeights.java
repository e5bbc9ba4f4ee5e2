package org.convoy.task;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.convoy.settings.RequestException;

/**
 * How much the loss of an image counts, by its class. The weights are scaled so that their mean
 * over the training images is 1. So the loss keeps its scale, and the learning rate its meaning.
 *
 * <p>A recipe names one by the record's name: {@code class-weights { name = inverse-frequency }}.
 * To add one, add a record in a file of its own, its name in the {@code permits} clause, and its
 * defaults in the driver's {@code convoy-reference.conf}.
 */
public sealed interface ClassWeights extends Serializable
    permits Equal, InverseFrequency, EffectiveNumber, Stated {

  /**
   * The weight of each class before scaling.
   *
   * @param classes their names
   * @param counts the number of training images of each
   */
  double[] unscaled(List<String> classes, long[] counts);

  /**
   * The weight of each class. A class without images has the weight 1.
   *
   * @param classes their names
   * @param counts the number of training images of each
   * @throws RequestException if a class is named that there is not
   */
  default double[] of(List<String> classes, long[] counts) {
    double[] weights = unscaled(classes, counts);
    double sum = 0;
    for (int c = 0; c < counts.length; c++) {
      weights[c] = counts[c] == 0 ? 1 : weights[c];
      sum += counts[c] * weights[c];
    }
    double mean = sum / Math.max(1, Arrays.stream(counts).sum());
    for (int c = 0; c < counts.length; c++) {
      weights[c] = counts[c] == 0 ? 1 : weights[c] / mean;
    }
    return weights;
  }

  /** Whether images of all classes count alike. */
  default boolean equal() {
    return false;
  }

  /**
   * The stated weight of each class, 1 for a class that is not listed.
   *
   * @param key of the list in the recipe
   * @throws RequestException if a class is named that there is not, or is named twice
   */
  static double[] stated(String key, List<ClassWeight> list, List<String> classes) {
    Map<String, Double> byLabel = new HashMap<>();
    for (ClassWeight each : list) {
      if (!classes.contains(each.label())) {
        throw new RequestException(
            key
                + ": expected a class of the training images, got \""
                + each.label()
                + "\"; they are "
                + named(classes));
      }
      if (byLabel.put(each.label(), each.weight()) != null) {
        throw new RequestException(
            key + ": expected each class once, got \"" + each.label() + "\" twice");
      }
    }
    return classes.stream().mapToDouble(label -> byLabel.getOrDefault(label, 1.0)).toArray();
  }

  private static String named(List<String> classes) {
    int most = 20;
    String first = String.join(", ", classes.subList(0, Math.min(most, classes.size())));
    return classes.size() > most ? first + " and " + (classes.size() - most) + " more" : first;
  }
}
