package org.convoy.driver.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.image.loader.BadImage;
import org.convoy.metrics.MeanMeter;
import org.convoy.task.Counters;
import org.convoy.task.Metric;
import org.convoy.task.Task;

/** The counts of an evaluation, of one executor or of all. */
public final class Counted {
  private final Task task;
  private final int classes;
  private final MeanMeter loss = new MeanMeter();
  private final Counters counters;
  private final List<BadImage> badImages = new ArrayList<>();

  public Counted(Task task, int classes) {
    this.task = task;
    this.classes = classes;
    this.counters = task.counters(classes);
  }

  public Counters counters() {
    return counters;
  }

  /** The images that did not decode. */
  public List<BadImage> badImages() {
    return badImages;
  }

  /**
   * Adds a batch's loss and bad images.
   *
   * @param samples the number of samples in the mean
   */
  public void add(double meanLoss, double samples, List<BadImage> bad) {
    loss.add(meanLoss, samples);
    badImages.addAll(bad);
  }

  /** The mean loss; NaN if there are no samples. */
  public double loss() {
    return counters.samples() == 0 ? Double.NaN : loss.mean();
  }

  /** The loss and the task's metrics, in the order of {@link Task#stated}. */
  public Map<String, Double> metrics() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Metric.LOSS.name(), loss());
    values.putAll(counters.metrics());
    return Collections.unmodifiableMap(values);
  }

  /** The counts of all executors, without bad images and without details, which are large. */
  public Counted together(Exchange exchange) {
    double[][] losses = exchange.allGather(loss.toDoubles());
    double[][] counts = exchange.allGather(counters.toDoubles());
    Counted all = new Counted(task, classes);
    for (int rank = 0; rank < losses.length; rank++) {
      all.loss.merge(MeanMeter.fromDoubles(losses[rank]));
      all.counters.merge(counts[rank]);
    }
    return all;
  }
}
