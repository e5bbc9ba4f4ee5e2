package org.convoy.driver.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.convoy.metrics.ConfusionMatrix;
import org.convoy.task.Classification;
import org.convoy.task.Metric;
import org.convoy.task.Section;
import org.junit.jupiter.api.Test;
import org.xml.sax.SAXException;

/**
 * The report's content. {@code target/report-sample*.html} is left behind for eyes to judge its
 * look.
 */
class ReportTest {
  @Test
  void showsEverythingOfARun() throws IOException {
    String html = Report.html(SampleRun.data(10));
    for (String text :
        List.of(
            "<title>cifar10-resnet20 – Convoy</title>",
            "78.95%",
            ">Loss<",
            ">Validation: top-1, top-5<",
            ">Learning rate<",
            ">Images per second<",
            ">62.50%<",
            "Confusion matrix",
            "Sample predictions",
            "worker-1.example",
            "Waiting for the exchange",
            "12.7",
            "439",
            "1.1 GiB",
            "weight-decay = 0.0005",
            "data:image/png;base64,iVBOR",
            "prefers-color-scheme: dark",
            "data/train/cat/0007.jpg",
            "runs/cifar10/model")) {
      assertTrue(html.contains(text), text);
    }
    leave("report-sample.html", html);
  }

  @Test
  void asksNothingOfTheNetworkAndRunsNoScript() {
    String html = Report.html(SampleRun.data(10));
    assertTrue(html.contains("default-src 'none'"));
    assertFalse(Pattern.compile("(src|href)=\"(?!data:)").matcher(html).find());
    assertFalse(html.contains("url("));
    assertFalse(html.contains("<script"));
    assertFalse(html.contains("NaN"), "a figure that was not measured is a dash");
  }

  @Test
  void isWellFormed() throws ParserConfigurationException, IOException, SAXException {
    for (int classes : new int[] {2, 10, 60, 1000}) {
      String body = Report.html(SampleRun.data(classes));
      String xml =
          body.substring(body.indexOf("<main>"), body.indexOf("</main>") + "</main>".length())
              .replaceAll("(<img[^>]*)>", "$1/>")
              .replace("<br>", "<br/>");
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void textsAreNothingButText() {
    ReportData plain = SampleRun.data(10);
    String evil = "<script>alert(\"1\")</script>&'";
    List<String> labels = List.of(evil, "b");
    ConfusionMatrix confused = new ConfusionMatrix(2);
    confused.add(0, 1);
    ReportData data =
        new ReportData(
            plain.summary(),
            plain.history(),
            List.of(new Metric(evil, evil, Metric.Form.SHARE, true)),
            List.of(
                new Section.Confusions(labels, confused),
                new Section.Table(evil, evil, List.of(evil), List.of(List.of(evil)))),
            List.of(
                new ReportData.Sample(
                    new byte[] {1},
                    evil,
                    List.of(evil),
                    List.of(new ReportData.Said(evil, 0.5), new ReportData.Said("b", 0.5)))),
            List.of(new ReportData.Executor(evil, evil, 1, evil, 1, 1, 1, 1, 1, StepTimes.NONE)),
            evil,
            evil);
    String html = Report.html(data);
    assertFalse(html.contains("<script"));
    assertFalse(html.contains("&'"));
    assertTrue(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"));
  }

  @Test
  void manyClassesAreToldByTheirWorstConfusions() throws IOException {
    String some = Report.html(SampleRun.data(60));
    assertTrue(some.contains("<svg class=\"map\""));
    String many = Report.html(SampleRun.data(1000));
    assertFalse(many.contains("<svg class=\"map\""));
    assertTrue(many.contains("Most frequent confusions"));
    assertTrue(many.contains("Classes with the lowest recall"));
    assertTrue(many.length() < 400_000, "length " + many.length());
    leave("report-sample-60.html", some);
  }

  @Test
  void aRunThatEndedEarlyHasAReportToo() {
    RunSummary summary =
        new RunSummary(
            "early",
            "lenet5",
            "float32",
            1,
            0,
            0,
            Double.NaN,
            Map.of(),
            Double.NaN,
            StepTimes.NONE,
            Double.NaN,
            1,
            "",
            "",
            0,
            List.of(),
            0,
            List.of(),
            Map.of());
    RunHistory history = new RunHistory();
    assertTrue(report(summary, history).contains("No step was recorded"));
    IntStream.rangeClosed(1, 20)
        .forEach(step -> history.add(new StepRecord(step, 1, 2.3, 0.1, 400)));
    String html = report(summary, history);
    assertTrue(html.contains(">step</text>"));
    assertFalse(html.contains("NaN"));
    assertFalse(html.contains("Validation: "));
  }

  private static String report(RunSummary summary, RunHistory history) {
    return Report.html(
        new ReportData(
            summary,
            history,
            new Classification().stated(),
            List.of(),
            List.of(),
            List.of(),
            "",
            ""));
  }

  @Test
  void ticksAreRoundAndReachTheGreatestFigure() {
    assertEquals(List.of(0.0, 0.5, 1.0, 1.5, 2.0, 2.5), LineChart.niceTicks(2.31));
    assertEquals(List.of(0.0, 0.2, 0.4), LineChart.niceTicks(1).subList(0, 3));
    assertEquals(List.of(0.0, 1.0), LineChart.niceTicks(5).subList(0, 2));
    List<Double> ticks = LineChart.niceTicks(446);
    assertEquals(500.0, ticks.get(ticks.size() - 1));
  }

  @Test
  void confusionsAreRankedAndCountedByClass() {
    Confusion confusion =
        new Confusion(List.of("a", "b", "c"), new long[][] {{8, 2, 0}, {5, 5, 0}, {0, 0, 0}});
    assertEquals(
        List.of(new Confusion.Pair(1, 0, 5), new Confusion.Pair(0, 1, 2)), confusion.worst(9));
    assertEquals(List.of(1, 0), confusion.hardest(9));
    assertEquals(0.8, confusion.recall(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Confusion(List.of("a", "b"), new long[][] {{1, 2}, {3}}));
  }

  private static void leave(String name, String html) throws IOException {
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", name), html);
  }
}
