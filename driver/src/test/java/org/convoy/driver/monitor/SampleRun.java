package org.convoy.driver.monitor;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.convoy.metrics.ConfusionMatrix;
import org.convoy.task.Classification;
import org.convoy.task.Section;

/** A run as it might have been, to look at its report. */
final class SampleRun {
  private static final List<String> CIFAR =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
  private static final int STEPS_AN_EPOCH = 390;
  private static final int EPOCHS = 5;

  private SampleRun() {}

  static ReportData data(int classes) {
    return new ReportData(
        summary(),
        history(),
        new Classification().stated(),
        List.of(confusion(classes)),
        samples(),
        List.of(
            new ReportData.Executor(
                "1",
                "worker-1.example",
                1,
                "bfloat16",
                1_180_000_000L,
                5_300_000_000L,
                5_300_000_000L,
                268,
                0.625,
                new StepTimes(3.1, 418.4, 12.7, 4.25, 0.5, 9.5)),
            new ReportData.Executor(
                "2",
                "worker-2.example",
                1,
                "bfloat16",
                1_180_000_000L,
                5_300_000_000L,
                5_300_000_000L,
                271,
                Double.NaN,
                new StepTimes(2.9, 410.1, 21.3, 4.21, 0.5, 18.5))),
        """
        name = cifar10-resnet20
        seed = 1
        model {
          name = resnet20
          input = [3, 32, 32]
        }
        optimizer {
          name = sgd
          momentum = 0.9
          weight-decay = 0.0005
        }
        """,
        "Convoy 0.1.0, 6 May 2024, 07:08 UTC");
  }

  private static RunSummary summary() {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("model", "runs/cifar10/model");
    outputs.put("checkpoints", "runs/cifar10/checkpoints");
    return new RunSummary(
        "cifar10-resnet20",
        "resnet20",
        "bfloat16",
        2,
        EPOCHS,
        (long) EPOCHS * STEPS_AN_EPOCH,
        0.6421,
        metrics(0.6113, 0.7895, 0.9871),
        539.2,
        new StepTimes(3, 414.25, 17, 4.23, 0.5, 14),
        0.625,
        463.6,
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "59d1399155ac69ccdee1891939816355baf8d524f9afe2c9f18e6094e8a0d9e3",
        2,
        List.of("data/train/cat/0007.jpg", "data/train/dog/0012.jpg"),
        1,
        List.of(
            new MachineRecord(
                List.of("node-1.example.org", "node-2.example.org"),
                "AMD EPYC 7R32",
                "AVX2",
                "avx2",
                4,
                "oneDNN 3.11.0")),
        outputs);
  }

  private static RunHistory history() {
    RunHistory history = new RunHistory();
    SplittableRandom random = new SplittableRandom(1);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      for (int i = 1; i <= STEPS_AN_EPOCH; i++) {
        long step = (long) (epoch - 1) * STEPS_AN_EPOCH + i;
        double done = (double) step / (EPOCHS * STEPS_AN_EPOCH);
        double rate =
            epoch == 1
                ? 0.1 * i / STEPS_AN_EPOCH
                : 0.05 * (1 + Math.cos(Math.PI * (done * EPOCHS - 1) / (EPOCHS - 1)));
        double loss = 0.6 + 1.75 * Math.exp(-3.2 * done) + 0.25 * (random.nextDouble() - 0.5);
        history.add(
            new StepRecord(step, epoch, loss, rate, 560 + 40 * (random.nextDouble() - 0.5)));
      }
      double done = (double) epoch / EPOCHS;
      history.add(
          new EpochRecord(
              epoch,
              (long) epoch * STEPS_AN_EPOCH,
              0.65 + 1.75 * Math.exp(-3.2 * (done - 0.1)),
              metrics(
                  0.55 + 1.75 * Math.exp(-3 * done),
                  0.3 + 0.4895 * Math.sqrt(done),
                  0.85 + 0.1371 * Math.sqrt(done)),
              538 + epoch,
              92.7));
    }
    return history;
  }

  /** What a validation of classes states. */
  static Map<String, Double> metrics(double loss, double top1, double top5) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("validation_loss", loss);
    metrics.put("top1", top1);
    metrics.put("top5", top5);
    return metrics;
  }

  private static Section confusion(int classes) {
    SplittableRandom random = new SplittableRandom(2);
    ConfusionMatrix counts = new ConfusionMatrix(classes);
    for (int actual = 0; actual < classes; actual++) {
      int right = actual;
      for (int wrong = 0; wrong < 200; wrong++) {
        int away = (int) Math.round(Math.pow(random.nextDouble(), 3) * Math.min(classes, 9) / 2);
        counts.add(actual, Math.floorMod(actual + (random.nextBoolean() ? away : -away), classes));
      }
      IntStream.range(0, 700).forEach(i -> counts.add(right, right));
    }
    List<String> labels =
        classes == 10 ? CIFAR : IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    return new Section.Confusions(labels, counts);
  }

  private static List<ReportData.Sample> samples() {
    List<ReportData.Sample> samples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String actual = CIFAR.get(i % 10);
      String predicted = i % 5 == 3 ? CIFAR.get((i + 2) % 10) : actual;
      samples.add(
          new ReportData.Sample(
              png(i),
              "image/png",
              List.of(actual),
              List.of(new ReportData.Said(predicted, 0.99 - 0.03 * i))));
    }
    return samples;
  }

  private static byte[] png(int number) {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(number / 16f, 0.4f, 0.8f));
    graphics.fillRect(0, 0, 32, 32);
    graphics.setColor(Color.getHSBColor(number / 16f + 0.4f, 0.7f, 0.5f));
    graphics.fillOval(4 + number % 5, 6, 14, 18);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
