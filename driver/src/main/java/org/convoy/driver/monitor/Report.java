package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.convoy.task.Metric;
import org.convoy.task.Section;

/**
 * The report of a run: one HTML file that contains its style, curves and images. It loads nothing
 * from the network (its content security policy forbids that) and runs no script.
 */
public final class Report {
  /** The file's name in a run's folder. */
  public static final String FILE_NAME = "report.html";

  private final ReportData data;
  private final RunSummary summary;

  private Report(ReportData data) {
    this.data = data;
    this.summary = data.summary();
  }

  /** The report as HTML, to be written as UTF-8. */
  public static String html(ReportData data) {
    return new Report(data).page();
  }

  private String page() {
    StringBuilder html = new StringBuilder(header());
    html.append(Html.section("Curves", new Curves(data.history(), data.metrics()).html()));
    for (Section section : data.sections()) {
      html.append(Html.section(section.title(), section(section)));
    }
    if (!data.samples().isEmpty()) {
      html.append(Html.section("Sample predictions", samples()));
    }
    if (!data.history().epochs().isEmpty()) {
      html.append(Html.section("Epochs", epochs()));
    }
    html.append(Html.section("Cluster", cluster() + times()));
    if (summary.badImages() > 0) {
      html.append(Html.section("Images that did not decode", badImages()));
    }
    html.append(Html.section("Recipe", "<pre>" + Html.escape(data.recipe()) + "</pre>\n"));
    html.append(Html.section("Written", written()));
    return Html.page(summary.name(), html.toString(), data.footer());
  }

  private String header() {
    String subtitle =
        Figures.format(
            "%s on %d executor%s, %d epoch%s, %s steps",
            summary.model(),
            summary.executors(),
            summary.executors() == 1 ? "" : "s",
            summary.epochs(),
            summary.epochs() == 1 ? "" : "s",
            Figures.count(summary.steps()));
    StringBuilder html = new StringBuilder("<header>\n<h1>");
    html.append(Html.escape(summary.name())).append("</h1>\n<p>");
    html.append(Html.escape(subtitle)).append("</p>\n<dl class=\"figures\">\n");
    for (Metric metric : data.metrics()) {
      if (metric.form() == Metric.Form.SHARE) {
        double value = summary.metric(metric.name());
        html.append(figure(metric.title(), Figures.metric(metric, value)));
      }
    }
    html.append(figure("Training loss", Figures.loss(summary.trainLoss())));
    html.append(figure("Images per second", Figures.rate(summary.imagesPerSecond())));
    html.append(figure("Time", Figures.duration(summary.seconds())));
    if (summary.restarts() > 0) {
      html.append(figure("Restarts", Integer.toString(summary.restarts())));
    }
    if (summary.badImages() > 0) {
      html.append(figure("Bad images", Figures.count(summary.badImages())));
    }
    return html.append("</dl>\n</header>\n").toString();
  }

  private static String section(Section section) {
    if (section instanceof Section.Confusions confusions) {
      return new ConfusionSection(Confusion.of(confusions)).html();
    }
    Section.Table table = (Section.Table) section;
    return Html.table(table.caption(), table.columns(), table.rows());
  }

  private static String figure(String name, String value) {
    return "<div><dt>" + Html.escape(name) + "</dt><dd>" + Html.escape(value) + "</dd></div>\n";
  }

  private String samples() {
    StringBuilder html = new StringBuilder("<ul class=\"samples\">\n");
    for (ReportData.Sample sample : data.samples()) {
      html.append("<li class=\"")
          .append(sample.right() ? "right" : "wrong")
          .append("\"><img alt=\"");
      html.append(Html.escape("an image of " + named(sample.actual()))).append("\" src=\"data:");
      html.append(Html.escape(sample.mediaType())).append(";base64,");
      html.append(Base64.getEncoder().encodeToString(sample.image())).append("\"><p><b>");
      html.append(sample.right() ? "✓" : "✗").append("</b>").append(said(sample.predicted()));
      if (!sample.right()) {
        html.append("<br>is ").append(Html.escape(named(sample.actual())));
      }
      html.append("</p></li>\n");
    }
    return html.append("</ul>\n").toString();
  }

  private static String said(List<ReportData.Said> predicted) {
    return predicted.isEmpty()
        ? " <b>none</b>"
        : predicted.stream()
            .map(
                each ->
                    Figures.format(
                        " <b>%s</b> %.0f%%", Html.escape(each.label()), 100 * each.probability()))
            .collect(Collectors.joining(","));
  }

  private static String named(List<String> classes) {
    return classes.isEmpty() ? "none" : String.join(", ", classes);
  }

  private String epochs() {
    List<String> columns = new ArrayList<>(List.of("Epoch", "Last step", "Training loss"));
    data.metrics().forEach(metric -> columns.add(metric.title()));
    columns.addAll(List.of("Images per second", "Time"));
    List<List<String>> rows = new ArrayList<>();
    for (EpochRecord epoch : data.history().epochs()) {
      List<String> row = new ArrayList<>();
      row.add(Integer.toString(epoch.epoch()));
      row.add(Figures.count(epoch.step()));
      row.add(Figures.loss(epoch.trainLoss()));
      data.metrics().forEach(metric -> row.add(Figures.metric(metric, epoch.metric(metric))));
      row.add(Figures.rate(epoch.imagesPerSecond()));
      row.add(Figures.duration(epoch.seconds()));
      rows.add(row);
    }
    return Html.table("Each epoch, with its validation", columns, rows);
  }

  private String cluster() {
    List<List<String>> rows = new ArrayList<>();
    for (ReportData.Executor executor : data.executors()) {
      rows.add(
          List.of(
              executor.name(),
              executor.host(),
              Integer.toString(executor.cores()),
              executor.precision(),
              Figures.bytes(executor.plannedBytes()),
              Figures.bytes(executor.bytesSent()),
              Figures.bytes(executor.bytesReceived()),
              Figures.rate(executor.imagesPerSecond()),
              Figures.percent(executor.localReadShare())));
    }
    String executors =
        Html.table(
            "Executors",
            List.of(
                "Executor",
                "~Host",
                "Cores",
                "~Precision",
                "Native memory planned",
                "Sent",
                "Received",
                "Images per second",
                "Read from HDFS on its own host"),
            rows);
    return executors + machines();
  }

  private String machines() {
    List<List<String>> rows = new ArrayList<>();
    for (MachineRecord machine : summary.machines()) {
      rows.add(
          List.of(
              String.join(", ", machine.hosts()),
              machine.processor(),
              machine.instructions(),
              machine.kernels(),
              Integer.toString(machine.threads()),
              machine.library()));
    }
    String warning =
        summary.sameProcessors()
            ? ""
            : "<p>Executors computed with different processors, kernels or threads: another run may give different weights.</p>\n";
    return warning
        + Html.table(
            "Machines of the executors",
            List.of("Hosts", "~Processor", "~Instructions", "~Kernels", "Threads", "~Library"),
            rows);
  }

  /** Shows where the time goes, and so what to improve. */
  private String times() {
    List<List<String>> rows = new ArrayList<>();
    for (ReportData.Executor executor : data.executors()) {
      StepTimes times = executor.times();
      rows.add(
          List.of(
              executor.name(),
              Figures.milliseconds(times.data()),
              Figures.milliseconds(times.compute()),
              Figures.milliseconds(times.exchange()),
              Figures.milliseconds(times.exchangeWait()),
              Figures.milliseconds(times.update()),
              Figures.milliseconds(times.checkpoint()),
              Figures.milliseconds(times.total())));
    }
    String table =
        Html.table(
            "Milliseconds per step, by the executor's activity",
            List.of(
                "Executor",
                "Waiting for data",
                "Compute",
                "Exchange",
                "Waiting for the exchange",
                "Update",
                "Checkpoint",
                "Total"),
            rows);
    return table + stragglers();
  }

  /** Names the executors that the others waited for. */
  private String stragglers() {
    Stragglers all = new Stragglers();
    data.executors()
        .forEach(
            each -> all.add(each.name(), each.host(), each.imagesPerSecond(), 1, each.times()));
    StringBuilder html = new StringBuilder();
    for (Stragglers.Straggler slow : all.found()) {
      html.append("<p>").append(Html.escape(slow.toString())).append(".</p>\n");
    }
    return html.toString();
  }

  private String badImages() {
    StringBuilder html = new StringBuilder("<p>");
    html.append(Figures.count(summary.badImages())).append(" in all");
    html.append(summary.badImages() > summary.badImageNames().size() ? ", among them:" : ":");
    html.append("</p>\n<ul class=\"names\">\n");
    for (String name : summary.badImageNames()) {
      html.append("<li><code>").append(Html.escape(name)).append("</code></li>\n");
    }
    return html.append("</ul>\n").toString();
  }

  private String written() {
    List<List<String>> rows = new ArrayList<>();
    summary.outputs().forEach((what, path) -> rows.add(List.of(what, path)));
    rows.add(List.of("SHA-256 of the weights", summary.weightsSha256()));
    rows.add(List.of("Digest of the recipe", summary.recipeDigest()));
    return Html.table("Results of the run", List.of("Result", "~Location or value"), rows);
  }
}
