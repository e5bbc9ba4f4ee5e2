package org.convoy.driver.data;

import java.io.Serializable;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * How often an epoch takes each training sample. An epoch has always as many steps as a global
 * batch fits into the number of samples. The counts are exact: they are fixed by the seed and the
 * data set, and not drawn at random.
 *
 * <p>A recipe names one by the record's name: {@code data.sampling { name = balanced }}. To add
 * one, add a record in a file of its own, its name in the {@code permits} clause, and its defaults
 * in {@code convoy-reference.conf}.
 */
public sealed interface Sampling extends Serializable
    permits Uniform, Balanced, Weighted, Repeated {

  /**
   * The selection of a data set's samples.
   *
   * @param samples whose labels count
   * @param places of an epoch, before they are repeated
   * @throws org.convoy.settings.RequestException if a class is named that there is not
   */
  Selection of(Labelled samples, int places, long seed);

  /**
   * Checks that the classes are those that it names.
   *
   * @throws org.convoy.settings.RequestException if a class is named that there is not
   */
  default void check(List<String> classes) {}

  /** How often each selected sample stands in a global batch. */
  default int copies() {
    return 1;
  }

  /** Whether it needs one class for each sample. */
  default boolean byClass() {
    return false;
  }

  /**
   * The labels of samples.
   *
   * @param classes their names
   * @param count of the samples
   * @param label the class of each sample
   */
  record Labelled(List<String> classes, int count, IntUnaryOperator label) {

    static Labelled of(SampleIndex index) {
      return new Labelled(index.classes(), index.count(), new LabelsOnce(index));
    }

    /** All labels, read when the first one is asked for. For one thread. */
    private static final class LabelsOnce implements IntUnaryOperator {
      private final SampleIndex index;
      private int[] labels = {};

      LabelsOnce(SampleIndex index) {
        this.index = index;
      }

      @Override
      public int applyAsInt(int sample) {
        if (labels.length == 0) {
          labels = index.labels();
        }
        return labels[sample];
      }
    }

    /** The number of samples of each class. */
    long[] counts() {
      long[] counts = new long[classes.size()];
      for (int sample = 0; sample < count; sample++) {
        counts[label.applyAsInt(sample)]++;
      }
      return counts;
    }
  }
}
