package org.convoy.task;

import java.util.List;
import java.util.Optional;
import org.convoy.loss.Loss;
import org.convoy.loss.NtXent;
import org.convoy.loss.Targets;
import org.convoy.metrics.Prediction;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One class for each image: the image's folder. */
public record Classification() implements Task {
  private static final Metric TOP1 = new Metric("top1", "Top-1", Metric.Form.SHARE, true);
  private static final Metric TOP5 = new Metric("top5", "Top-5", Metric.Form.SHARE, true);

  @Override
  public Column column() {
    return Column.LABEL;
  }

  @Override
  public Optional<String> refusal(Loss loss) {
    return loss.takesClasses()
        ? Optional.empty()
        : Optional.of(
            "expected a loss of classes, got "
                + Variants.name(loss.getClass())
                + (loss instanceof NtXent
                    ? ", which compares views of images"
                    : ", which needs a number for each output"));
  }

  @Override
  public Targets targets(List<Target> samples, INDArray rows) {
    int[] labels = new int[Math.toIntExact(rows.size(0))];
    for (int i = 0; i < samples.size(); i++) {
      labels[i] = label(samples.get(i));
    }
    return Targets.classes(labels);
  }

  @Override
  public List<Metric> metrics() {
    return List.of(TOP1, TOP5);
  }

  @Override
  public Metric yardstick() {
    return TOP1;
  }

  @Override
  public Counters counters(int classes) {
    return new ClassificationCounters(classes);
  }

  @Override
  public List<Section> sections(List<String> classes, Counters counted) {
    return List.of(new Section.Confusions(classes, ((ClassificationCounters) counted).confusion()));
  }

  @Override
  public List<Prediction> predictions(float[] outputs, int offset, int classes, int most) {
    return Prediction.top(outputs, offset, classes, most);
  }

  @Override
  public double[] probabilities(float[] outputs, int offset, int classes) {
    return Prediction.softmax(outputs, offset, classes);
  }

  static int label(Target target) {
    if (target instanceof Target.Label label) {
      return label.of();
    }
    throw new IllegalArgumentException("expected one class of a sample, got " + target);
  }
}
