package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The losses of a run whose learning rate rose at each step, and the rates that they suggest. Each
 * loss is averaged with its neighbours, a twentieth of the points to each side. Points behind a
 * loss that is not finite are left out, and those behind one that is four times the least.
 *
 * @param points in the order of the rates
 * @param globalBatch images per step
 */
public record RateTest(List<Point> points, int globalBatch) {
  /** The file's name in the folder of a test. */
  public static final String JSON_NAME = "rate.json";

  /** The file's name in the folder of a test. */
  public static final String HTML_NAME = "rate.html";

  private static final double DIVERGED = 4;
  private static final int NEIGHBOURS = 20;
  private static final int FEWEST = 10;

  /**
   * A step.
   *
   * @param loss of its global batch
   * @param smoothed mean of the losses around it
   */
  public record Point(double rate, double loss, double smoothed) {}

  /** Copies the list. */
  public RateTest {
    points = List.copyOf(points);
  }

  /**
   * Reads the steps from a run's events.
   *
   * @param lines of {@code events.jsonl}; of several records of a step the last counts
   */
  public static RateTest of(List<String> lines, int globalBatch) {
    TreeMap<Long, StepRecord> steps = new TreeMap<>();
    for (String line : lines) {
      JsonNode event = Json.read(line);
      if (event.path("event").asText().equals("step")) {
        StepRecord step = Json.step(event);
        steps.put(step.step(), step);
      }
    }
    return of(
        steps.values().stream().mapToDouble(StepRecord::learningRate).toArray(),
        steps.values().stream().mapToDouble(StepRecord::loss).toArray(),
        globalBatch);
  }

  static RateTest of(double[] rates, double[] losses, int globalBatch) {
    int count = 0;
    while (count < losses.length && Double.isFinite(losses[count])) {
      count++;
    }
    List<Point> points = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    int reach = Math.max(1, count / NEIGHBOURS);
    for (int i = 0; i < count; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(count, i + reach + 1);
      double smoothed =
          IntStream.range(from, to).mapToDouble(at -> losses[at]).average().getAsDouble();
      least = Math.min(least, smoothed);
      if (smoothed > DIVERGED * least) {
        break;
      }
      points.add(new Point(rates[i], losses[i], smoothed));
    }
    return new RateTest(points, globalBatch);
  }

  /**
   * The point where the smoothed loss falls fastest by the logarithm of the rate, before its least.
   *
   * @return empty if there are too few points, or the loss falls nowhere
   */
  public OptionalInt steepest() {
    OptionalInt bottom = lowest();
    if (points.size() < FEWEST || bottom.isEmpty()) {
      return OptionalInt.empty();
    }
    int reach = Math.max(1, points.size() / NEIGHBOURS);
    int found = -1;
    double fastest = 0;
    for (int i = reach; i <= bottom.getAsInt() && i + reach < points.size(); i++) {
      double slope = slope(i - reach, i + reach + 1);
      if (slope < fastest) {
        fastest = slope;
        found = i;
      }
    }
    return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
  }

  /** The point of the least smoothed loss. */
  public OptionalInt lowest() {
    return IntStream.range(0, points.size())
        .reduce((a, b) -> points.get(b).smoothed() < points.get(a).smoothed() ? b : a);
  }

  /** The slope of the line of least squares through points, over the logarithm of the rate. */
  private double slope(int from, int to) {
    double x = 0;
    double y = 0;
    for (int i = from; i < to; i++) {
      x += Math.log(points.get(i).rate()) / (to - from);
      y += points.get(i).smoothed() / (to - from);
    }
    double both = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      double dx = Math.log(points.get(i).rate()) - x;
      both += dx * (points.get(i).smoothed() - y);
      squares += dx * dx;
    }
    return both / squares;
  }

  /** What is suggested, for the user. */
  public List<String> lines() {
    if (steepest().isEmpty()) {
      return List.of("the loss falls at none of these rates: try others, or more steps");
    }
    Point low = points.get(lowest().getAsInt());
    return List.of(
        String.format(
            Locale.ROOT,
            "suggested  schedule.learning-rate = %s, where the loss falls fastest, for global batches of %d",
            rounded(points.get(steepest().getAsInt()).rate()),
            globalBatch),
        String.format(
            Locale.ROOT,
            "least loss %.4f at %s: greater rates make it rise",
            low.smoothed(),
            rounded(low.rate())));
  }

  /** With two digits. */
  private static String rounded(double rate) {
    return new BigDecimal(rate).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  /** The points and suggestions for a program; null where there is none. */
  public ObjectNode json() {
    ObjectNode node = Json.object().put("global_batch", globalBatch);
    Json.put(node, "suggested_rate", rate(steepest()));
    Json.put(node, "least_loss_rate", steepest().isEmpty() ? Double.NaN : rate(lowest()));
    ArrayNode all = node.putArray("points");
    for (Point point : points) {
      ObjectNode each = all.addObject();
      Json.put(each, "rate", point.rate());
      Json.put(each, "loss", point.loss());
      Json.put(each, "smoothed", point.smoothed());
    }
    return node;
  }

  private double rate(OptionalInt point) {
    return point.isEmpty() ? Double.NaN : points.get(point.getAsInt()).rate();
  }

  /** A page with the suggestions and a chart. */
  public String html() {
    StringBuilder main = new StringBuilder("<h1>Learning rates</h1>\n");
    lines().forEach(line -> main.append("<p>").append(Html.escape(line)).append("</p>\n"));
    return Html.page("Learning rates", main.append(chart()).toString(), "");
  }

  private String chart() {
    if (points.isEmpty()) {
      return "";
    }
    double first = Math.log10(points.get(0).rate());
    double last = Math.log10(points.get(points.size() - 1).rate());
    List<LineChart.Tick> ticks = new ArrayList<>();
    for (int power = (int) Math.ceil(first - 1e-9); power <= last + 1e-9; power++) {
      ticks.add(new LineChart.Tick(power - first, "1e" + power));
    }
    LineChart chart =
        new LineChart(
            "Loss by learning rate",
            "The loss of each step, over the logarithm of its learning rate.",
            loss -> Figures.format("%.2f", loss),
            ticks,
            "learning rate");
    double most = points.stream().mapToDouble(Point::smoothed).max().orElse(1);
    return chart.html(
        List.of(
            new LineChart.Line("each step", "one faint", false, line(first, false)),
            new LineChart.Line("mean of neighbours", "one", false, line(first, true))),
        most);
  }

  private List<LineChart.Point> line(double first, boolean smoothed) {
    return points.stream()
        .map(
            each ->
                new LineChart.Point(
                    Math.log10(each.rate()) - first, smoothed ? each.smoothed() : each.loss()))
        .toList();
  }
}
