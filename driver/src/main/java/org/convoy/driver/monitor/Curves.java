package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.convoy.driver.monitor.LineChart.Line;
import org.convoy.driver.monitor.LineChart.Point;
import org.convoy.driver.monitor.LineChart.Tick;
import org.convoy.task.Metric;

/** The report's curves: loss, accuracy, learning rate and throughput over the run's steps. */
final class Curves {
  private static final int MOST_POINTS = 600;
  private static final int MOST_TICKS = 8;

  private static final List<String> LINE_STYLES = List.of("one", "two");

  private final List<StepRecord> steps;
  private final List<EpochRecord> epochs;
  private final List<Tick> ticks;
  private final String axis;
  private final List<Metric> shares;

  Curves(RunHistory history, List<Metric> metrics) {
    this.shares = metrics.stream().filter(m -> m.form() == Metric.Form.SHARE).toList();
    this.steps = reduced(history.steps());
    this.epochs = history.epochs();
    this.axis = epochs.isEmpty() ? "step" : "epoch";
    this.ticks = epochs.isEmpty() ? stepTicks() : epochTicks();
  }

  /** All charts, as HTML. */
  String html() {
    if (steps.isEmpty() && epochs.isEmpty()) {
      return "<p>No step was recorded.</p>\n";
    }
    return "<div class=\"charts\">\n"
        + loss()
        + shares()
        + learningRate()
        + throughput()
        + "</div>\n";
  }

  private String loss() {
    List<Line> lines =
        List.of(
            new Line("training, each step", "one faint", false, ofSteps(StepRecord::loss)),
            new Line("training, mean of the epoch", "one", true, ofEpochs(EpochRecord::trainLoss)),
            new Line("validation", "two", true, ofEpochs(epoch -> epoch.metric(Metric.LOSS))));
    double most =
        Math.max(
            nearlyGreatest(lines.get(0)), Math.max(greatest(lines.get(1)), greatest(lines.get(2))));
    String last = lines.get(2).points().isEmpty() ? "" : ends("validation", lines.get(2));
    return chart("Loss", ends("Training", lines.get(0)) + last, Curves::plain).html(lines, most);
  }

  private String shares() {
    List<Line> lines = new ArrayList<>();
    StringBuilder description = new StringBuilder();
    for (Metric share : shares.subList(0, Math.min(LINE_STYLES.size(), shares.size()))) {
      String style = LINE_STYLES.get(lines.size());
      Line line = new Line(name(share), style, true, ofEpochs(each -> each.metric(share)));
      lines.add(line);
      description.append(ends(share.title(), line));
    }
    if (lines.stream().allMatch(line -> line.points().isEmpty())) {
      return "";
    }
    String title =
        "Validation: " + lines.stream().map(Line::name).collect(Collectors.joining(", "));
    return chart(title, description.toString(), Curves::percent).html(lines, 1);
  }

  private static String name(Metric metric) {
    return metric.title().toLowerCase(Locale.ROOT);
  }

  private String learningRate() {
    Line line = new Line("learning rate", "one", false, ofSteps(StepRecord::learningRate));
    return chart("Learning rate", ends("Learning rate", line), Curves::plain)
        .html(List.of(line), greatest(line));
  }

  private String throughput() {
    List<Line> lines =
        List.of(
            new Line("training steps", "one faint", false, ofSteps(StepRecord::imagesPerSecond)),
            new Line("whole epoch", "one", true, ofEpochs(EpochRecord::imagesPerSecond)));
    double most = Math.max(nearlyGreatest(lines.get(0)), greatest(lines.get(1)));
    return chart("Images per second", ends("Training steps", lines.get(0)), Curves::plain)
        .html(lines, most);
  }

  private LineChart chart(String title, String description, DoubleFunction<String> format) {
    return new LineChart(title, description, format, ticks, axis);
  }

  private List<Point> ofSteps(ToDoubleFunction<StepRecord> value) {
    return steps.stream().map(s -> new Point(s.step(), value.applyAsDouble(s))).toList();
  }

  private List<Point> ofEpochs(ToDoubleFunction<EpochRecord> value) {
    return epochs.stream().map(e -> new Point(e.step(), value.applyAsDouble(e))).toList();
  }

  private static String ends(String name, Line line) {
    List<Point> points = line.points();
    return points.isEmpty()
        ? ""
        : Figures.format(
            "%s: first %.4g, last %.4g. ",
            name, points.get(0).y(), points.get(points.size() - 1).y());
  }

  private static double greatest(Line line) {
    return line.points().stream().mapToDouble(Point::y).max().orElse(0);
  }

  /** The 99th percentile: a single outlier must not flatten the curve. */
  private static double nearlyGreatest(Line line) {
    double[] sorted = line.points().stream().mapToDouble(Point::y).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * 0.99)];
  }

  private static String plain(double value) {
    if (value >= 1000) {
      return Figures.count(Math.round(value));
    }
    return Figures.learningRate(value);
  }

  private static String percent(double value) {
    return Figures.format("%.4g%%", 100 * value).replaceAll("\\.?0+%", "%").replaceAll("^%", "0%");
  }

  private List<Tick> epochTicks() {
    int every = (epochs.size() + MOST_TICKS - 1) / MOST_TICKS;
    List<Tick> found = new ArrayList<>();
    for (EpochRecord epoch : epochs) {
      if (epoch.epoch() % every == 0) {
        found.add(new Tick(epoch.step(), Integer.toString(epoch.epoch())));
      }
    }
    return found;
  }

  private List<Tick> stepTicks() {
    double last = steps.isEmpty() ? 1 : steps.get(steps.size() - 1).step();
    return LineChart.niceTicks(last).stream()
        .filter(step -> step <= last && step == Math.rint(step))
        .map(step -> new Tick(step, Figures.count(Math.round(step))))
        .toList();
  }

  private static List<StepRecord> reduced(List<StepRecord> steps) {
    int every = (steps.size() + MOST_POINTS - 1) / MOST_POINTS;
    if (every <= 1) {
      return steps;
    }
    List<StepRecord> fewer = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += every) {
      fewer.add(
          steps.subList(from, Math.min(from + every, steps.size())).stream()
              .reduce(StepRecord::merge)
              .orElseThrow());
    }
    return fewer;
  }
}
