package org.convoy.driver.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.monitor.Html;
import org.convoy.task.Metric;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a sweep as a table of text, as JSON, and as one HTML file with the table and a
 * chart.
 *
 * @param trials the best first
 */
public record SweepReport(Metric yardstick, List<Trial> trials) {
  /** The file's name in a sweep's folder. */
  public static final String JSON_NAME = "sweep.json";

  /** The file's name in a sweep's folder. */
  public static final String HTML_NAME = "sweep.html";

  private static final int BAR = 300;
  private static final int ROW = 24;

  /** Copies the list. */
  public SweepReport {
    trials = List.copyOf(trials);
  }

  /** The mean of a trial's scores with their deviation, or {@code failed}. */
  static String figure(Trial trial) {
    if (Double.isNaN(trial.mean())) {
      return "failed";
    }
    String mean = String.format(Locale.ROOT, "%.4f", trial.mean());
    return Double.isNaN(trial.deviation())
        ? mean
        : String.format(Locale.ROOT, "%s +- %.4f", mean, trial.deviation());
  }

  /** One line for each trial, the best first. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, "%5s %8s  %-18s %s", "trial", "steps", yardstick.name(), "values"));
    for (Trial trial : trials) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%5d %8d  %-18s %s",
              trial.number(),
              trial.steps(),
              figure(trial),
              String.join(" ", trial.overrides())));
    }
    return lines;
  }

  /** The trials for a program; a score that is not there is null. */
  public ObjectNode json() {
    ObjectNode node = new ObjectMapper().createObjectNode().put("metric", yardstick.name());
    ArrayNode all = node.putArray("trials");
    for (Trial trial : trials) {
      ObjectNode each = all.addObject().put("trial", trial.number()).put("steps", trial.steps());
      ArrayNode overrides = each.putArray("overrides");
      trial.overrides().forEach(overrides::add);
      ArrayNode scores = each.putArray("scores");
      trial.scores().forEach(score -> scores.add(finite(score)));
      each.put("mean", finite(trial.mean())).put("deviation", finite(trial.deviation()));
      each.put("failure", trial.failure());
    }
    return node;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** A page with a bar and a whisker of one deviation for each trial. */
  public String html() {
    double most = trials.stream().mapToDouble(Trial::mean).filter(Double::isFinite).max().orElse(1);
    StringBuilder html =
        new StringBuilder(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Sweep</title>\n"
                + "<style>body{font:15px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left}"
                + "rect{fill:#4a7ebb}line{stroke:#222}</style></head><body>\n<h1>Sweep by ");
    html.append(Html.escape(yardstick.title()))
        .append("</h1>\n<table>\n<tr><th>Trial</th><th>Steps</th><th>");
    html.append(Html.escape(yardstick.title())).append("</th><th></th><th>Values</th></tr>\n");
    for (Trial trial : trials) {
      html.append("<tr><td>").append(trial.number()).append("</td><td>").append(trial.steps());
      html.append("</td><td>")
          .append(Html.escape(figure(trial)))
          .append("</td><td>")
          .append(bar(trial, most));
      html.append("</td><td>").append(Html.escape(String.join(" ", trial.overrides())));
      html.append(trial.failure().isEmpty() ? "" : "<br>" + Html.escape(trial.failure()));
      html.append("</td></tr>\n");
    }
    return html.append("</table>\n</body></html>\n").toString();
  }

  private static String bar(Trial trial, double most) {
    double length = Double.isFinite(trial.mean()) && most > 0 ? BAR * trial.mean() / most : 0;
    double spread = Double.isFinite(trial.deviation()) ? BAR * trial.deviation() / most : 0;
    return String.format(
        Locale.ROOT,
        "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\"><rect y=\"4\" width=\"%.1f\" height=\"16\"/>"
            + "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"12\" y2=\"12\"/></svg>",
        BAR + BAR / 3,
        ROW,
        Html.escape(figure(trial)),
        Math.max(0, length),
        Math.max(0, length - spread),
        Math.max(0, length + spread));
  }
}
