package org.convoy.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.loss.BinaryCrossEntropy;
import org.convoy.loss.Focal;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.metrics.Prediction;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Any number of classes for each image, from a file of labels. The sigmoid of each output is the
 * probability of a class, independent of the others.
 *
 * @param labels the file, beside the images
 * @param threshold a prediction names the classes with a greater probability
 */
public record MultiLabel(String labels, double threshold) implements Task {
  /** The least probability, and distance from 1, that has a finite output. */
  private static final double LEAST = 1e-12;

  private static final Metric MEAN_AVERAGE_PRECISION =
      new Metric("mean_average_precision", "Mean average precision", Metric.Form.SHARE, true);

  /** Checks the rules. */
  public MultiLabel {
    new Checks()
        .present("labels", labels, "a file of labels, for example labels.csv")
        .fraction("threshold", threshold)
        .done();
  }

  @Override
  public Column column() {
    return Column.LABELS;
  }

  @Override
  public Optional<String> targetFile() {
    return Optional.of(labels);
  }

  @Override
  public Optional<String> refusal(Loss loss) {
    return loss instanceof BinaryCrossEntropy || loss instanceof Focal
        ? Optional.empty()
        : Optional.of(
            "expected binary-cross-entropy or focal for images of several labels, got "
                + Variants.name(loss.getClass()));
  }

  @Override
  public Targets targets(List<Target> samples, INDArray rows) {
    int[] themselves = IntStream.range(0, samples.size()).toArray();
    return MixedTargets.of(samples, 1, themselves, rows);
  }

  @Override
  public List<Metric> metrics() {
    return List.of(MEAN_AVERAGE_PRECISION);
  }

  @Override
  public Metric yardstick() {
    return MEAN_AVERAGE_PRECISION;
  }

  @Override
  public Counters counters(int classes) {
    return new MultiLabelCounters(classes);
  }

  @Override
  public List<Section> sections(List<String> classes, Counters counted) {
    MultiLabelCounters scores = (MultiLabelCounters) counted;
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < classes.size(); c++) {
      Recognition found = scores.above(c, threshold);
      rows.add(
          List.of(
              classes.get(c),
              Long.toString(found.positives()),
              percent(scores.averagePrecision(c)),
              percent(found.precision()),
              percent(found.recall())));
    }
    String above = String.format(Locale.ROOT, " above %s", Checks.number(threshold));
    return List.of(
        new Section.Table(
            "Classes",
            "Validation images by class",
            List.of("Class", "Images", "Average precision", "Precision" + above, "Recall" + above),
            rows));
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  @Override
  public List<Prediction> predictions(float[] outputs, int offset, int classes, int most) {
    return IntStream.range(0, classes)
        .mapToObj(c -> new Prediction(c, probability(outputs[offset + c])))
        .filter(each -> each.probability() > threshold)
        .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
        .toList();
  }

  @Override
  public double[] probabilities(float[] outputs, int offset, int classes) {
    return IntStream.range(offset, offset + classes)
        .mapToDouble(i -> probability(outputs[i]))
        .toArray();
  }

  @Override
  public double output(double probability) {
    double within = Math.max(LEAST, Math.min(1 - LEAST, probability));
    return Math.log(within / (1 - within));
  }

  static double probability(float output) {
    return 1 / (1 + Math.exp(-output));
  }

  /**
   * The counts of a class at a threshold.
   *
   * @param positives the number of samples for which the class holds
   * @param named the number of samples for which it was predicted
   * @param right the number of samples for which both are true
   */
  record Recognition(long positives, long named, long right) {
    /**
     * The precision: the share of samples for which the class holds, among those for which it was
     * predicted; NaN if there are none.
     */
    double precision() {
      return named == 0 ? Double.NaN : (double) right / named;
    }

    /**
     * The recall: the share of samples for which the class was predicted, among those for which it
     * holds; NaN if there are none.
     */
    double recall() {
      return positives == 0 ? Double.NaN : (double) right / positives;
    }
  }
}
