package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.convoy.task.Metric;

/**
 * The steps and epochs of a run so far. Checkpoints hold it, so the report of a resumed run is
 * complete.
 *
 * <p>Its size is bounded. Steps are kept as means over spans of equal length, counted from step 1;
 * the span is one step at first and doubles whenever there would be more records than the capacity.
 * So the same steps give the same history, whether or not the run was resumed in between.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class RunHistory {
  /** The most step records that are kept. */
  public static final int CAPACITY = 2048;

  private final int capacity;
  private final List<StepRecord> steps = new ArrayList<>();
  private final List<EpochRecord> epochs = new ArrayList<>();
  private long span = 1;

  /** An empty history. */
  public RunHistory() {
    this(CAPACITY);
  }

  RunHistory(int capacity) {
    this.capacity = capacity;
  }

  /** Adds the next step; its number must be greater than that of the last one. */
  public void add(StepRecord step) {
    if (!steps.isEmpty() && step.step() <= last().step()) {
      throw new IllegalArgumentException(
          "expected a step after " + last().step() + ", got " + step.step());
    }
    append(step);
    while (steps.size() > capacity) {
      thin();
    }
  }

  private void append(StepRecord step) {
    if (!steps.isEmpty() && spanOf(last()) == spanOf(step)) {
      steps.set(steps.size() - 1, last().merge(step));
    } else {
      steps.add(step);
    }
  }

  private void thin() {
    span *= 2;
    List<StepRecord> all = List.copyOf(steps);
    steps.clear();
    all.forEach(this::append);
  }

  private long spanOf(StepRecord step) {
    return (step.step() - 1) / span;
  }

  private StepRecord last() {
    return steps.get(steps.size() - 1);
  }

  /** Adds a finished epoch. */
  public void add(EpochRecord epoch) {
    epochs.add(epoch);
  }

  /** The recorded steps, in order. */
  public List<StepRecord> steps() {
    return Collections.unmodifiableList(steps);
  }

  /** The finished epochs, in order. */
  public List<EpochRecord> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** The validated epoch with the best value of a metric; the first one of equals. */
  public Optional<EpochRecord> best(Metric yardstick) {
    return yardstick.best(epochs.stream().map(EpochRecord::metrics).toList()).map(epochs::get);
  }

  /**
   * The number of epochs from the best one by a metric to the last validated one; 0 if none is
   * validated.
   */
  public int epochsSinceBest(Metric yardstick) {
    int last =
        epochs.stream().filter(EpochRecord::validated).mapToInt(EpochRecord::epoch).max().orElse(0);
    return best(yardstick).map(best -> last - best.epoch()).orElse(0);
  }

  /** The time spent in finished epochs, including those before the run was resumed. */
  public double epochSeconds() {
    return epochs.stream().mapToDouble(EpochRecord::seconds).sum();
  }

  /** The history as JSON. */
  public String toJson() {
    ObjectNode node = Json.object().put("span", span);
    ArrayNode stepNodes = node.putArray("steps");
    steps.forEach(step -> stepNodes.add(Json.of(step)));
    ArrayNode epochNodes = node.putArray("epochs");
    epochs.forEach(epoch -> epochNodes.add(Json.of(epoch)));
    return Json.line(node);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if the text is not a history
   */
  public static RunHistory fromJson(String json) {
    JsonNode node;
    try {
      node = Json.read(json);
    } catch (UncheckedIOException e) {
      throw new IllegalArgumentException("not a run's history: " + e.getMessage(), e);
    }
    if (!node.path("steps").isArray() || !node.path("epochs").isArray()) {
      throw new IllegalArgumentException("not a run's history: expected steps and epochs");
    }
    RunHistory history = new RunHistory();
    history.span = Math.max(1, node.path("span").longValue());
    node.path("steps").forEach(step -> history.steps.add(Json.step(step)));
    node.path("epochs").forEach(epoch -> history.epochs.add(Json.epoch(epoch)));
    return history;
  }
}
