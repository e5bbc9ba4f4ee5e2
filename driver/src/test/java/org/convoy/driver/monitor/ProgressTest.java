package org.convoy.driver.monitor;

import static org.convoy.driver.monitor.SampleRun.metrics;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.convoy.task.Classification;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final String CLEAR = "\r\u001b[K";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong seconds = new AtomicLong();

  @Test
  void plainLinesComeEveryFewSecondsAndAtEachEpoch() {
    try (Progress progress = progress(new Terminal(out, false, 80))) {
      for (int step = 1; step <= 25; step++) {
        seconds.incrementAndGet();
        progress.step(new StepRecord(step, 1, 2, 0.0812, 446));
      }
      progress.epoch(new EpochRecord(1, 25, 2, metrics(1.9, 0.25, 0.75), 440.4, 65.2));
    }
    assertEquals(
        """
        epoch 1/5  step 1/100  446 images/s  loss 2.0000  learning rate 0.0812  -:-- left
        epoch 1/5  step 11/100  446 images/s  loss 2.0000  learning rate 0.0812  1:29 left
        epoch 1/5  step 21/100  446 images/s  loss 2.0000  learning rate 0.0812  1:19 left
        epoch 1/5 done: loss 2.0000, validation loss 1.9000, top-1 25.00%, top-5 75.00%,\
         440 images/s, 1 min 5 s
        """,
        text());
  }

  @Test
  void aLineSaysHowMuchExecutorsWait() {
    try (Progress progress = progress(new Terminal(out, false, 80))) {
      progress.times(new StepTimes(10, 60, 30, 0, 0, 25));
      progress.step(new StepRecord(1, 1, 2, 0.1, 446));
    }
    assertEquals(
        "epoch 1/5  step 1/100  446 images/s  loss 2.0000  learning rate 0.1  exchange wait 25%"
            + "  -:-- left\n",
        text());
  }

  @Test
  void controlCharactersOfNamesAreEscaped() {
    Terminal terminal = new Terminal(out, true, 40);
    terminal.print("a\u001b[2J\u0000\tb\nc\u009b\\");
    terminal.show("d\u0007\ne");
    assertEquals("a\\u001b[2J\\u0000\tb\nc\\u009b\\\n" + CLEAR + "d\\u0007\\u000ae", text());
  }

  @Test
  void theLiveLineIsRewrittenAndNeverStandsBeforeAnotherLine() {
    Terminal terminal = new Terminal(out, true, 40);
    try (Progress progress = progress(terminal)) {
      progress.step(new StepRecord(1, 1, 2, 0.1, 446));
      PrintStream log = terminal.lines();
      log.print("WARN half");
      log.println(" and whole");
      progress.epoch(
          new EpochRecord(1, 25, 2, metrics(Double.NaN, Double.NaN, Double.NaN), 440, 5));
    }
    String live = "epoch 1/5  step 1/100  446 images/s  lo";
    assertEquals(
        CLEAR
            + live
            + CLEAR
            + "WARN half and whole\n"
            + live
            + CLEAR
            + "epoch 1/5 done: loss 2.0000, 440 images/s, 5.0 s\n"
            + live
            + CLEAR,
        text());
  }

  @Test
  void aRunThatWentBackEstimatesAnew() {
    try (Progress progress = progress(new Terminal(out, false, 80))) {
      progress.step(new StepRecord(50, 1, 2, 0.1, 446));
      seconds.addAndGet(1000);
      progress.step(new StepRecord(41, 1, 3, 0.1, 446));
      seconds.addAndGet(10);
      progress.step(new StepRecord(46, 1, 3, 0.1, 446));
    }
    String[] lines = text().split("\n");
    assertEquals(
        "epoch 1/5  step 41/100  446 images/s  loss 3.0000  learning rate 0.1  -:-- left",
        lines[1]);
    assertEquals(
        "epoch 1/5  step 46/100  446 images/s  loss 3.0000  learning rate 0.1  1:48 left",
        lines[2]);
  }

  @Test
  void figuresReadWell() {
    assertEquals("0.1", Figures.learningRate(0.1));
    assertEquals("0", Figures.learningRate(0));
    assertEquals("3.2", Figures.learningRate(3.2));
    assertEquals("0.00123", Figures.learningRate(0.001234));
    assertEquals("1.23e-05", Figures.learningRate(0.00001234));
    assertEquals("100", Figures.learningRate(100));
    assertEquals("1,234", Figures.rate(1234.4));
    assertEquals("4.46", Figures.rate(4.461));
    assertEquals("3 min 12 s", Figures.duration(192));
    assertEquals("2 h 5 min", Figures.duration(7500));
    assertEquals("1:02:03", Figures.clock(3723));
    assertEquals("1.5 GiB", Figures.bytes(3L << 29));
    assertEquals("78.95%", Figures.percent(0.7895));
    assertEquals("–", Figures.percent(Double.NaN));
  }

  private Progress progress(Terminal terminal) {
    return new Progress(
        terminal, 5, 100, 10, new Classification().stated(), () -> seconds.get() * 1_000_000_000L);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
