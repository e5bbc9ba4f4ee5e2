package org.convoy.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Focal;
import org.convoy.loss.SmoothL1;
import org.convoy.metrics.Prediction;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every task, and the metrics of a few samples by hand. */
final class TaskTest {
  private static final int CLASSES = 7;
  private static final int SAMPLES = 40;

  static Stream<Task> tasks() {
    return Stream.of(
        new Classification(),
        new MultiLabel("labels.csv", 0.5),
        new Contrastive(8, CLASSES),
        new MaskedAutoencoder(0.6, 8));
  }

  @Test
  void everyTaskIsTested() {
    assertEquals(
        Variants.of(Task.class).keySet(),
        tasks()
            .map(task -> Variants.name(task.getClass()))
            .collect(java.util.stream.Collectors.toSet()));
  }

  /** However the samples are dealt out, and in whatever order the parts come together. */
  @ParameterizedTest
  @MethodSource("tasks")
  void countersThatAreMergedStateTheSame(Task task) {
    Counters whole = task.counters(CLASSES);
    List<Counters> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(task.counters(CLASSES));
    }
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < SAMPLES; i++) {
      float[] row = new float[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        row[c] = random.nextInt(5) - 2;
      }
      Target target =
          task.column() == Column.LABEL
              ? new Target.Label(random.nextInt(CLASSES))
              : new Target.Labels(List.of(random.nextInt(3), 3 + random.nextInt(4)));
      whole.add(row, 0, target);
      parts.get(random.nextInt(3)).add(row, 0, target);
    }
    for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 0, 1))) {
      Counters merged = task.counters(CLASSES);
      order.forEach(
          part -> {
            merged.merge(parts.get(part).toDoubles());
            merged.mergeDetails(parts.get(part).details());
          });
      merged.merge(task.counters(CLASSES).toDoubles());
      assertEquals(SAMPLES, merged.samples());
      assertEquals(whole.metrics(), merged.metrics());
      assertArrayEquals(whole.details(), merged.details());
      assertEquals(
          task.sections(classes(), whole).stream().map(Section::title).toList(),
          task.sections(classes(), merged).stream().map(Section::title).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void metricsStandInOrderAndAreNaNOverNoSamples(Task task) {
    Map<String, Double> none = task.counters(CLASSES).metrics();
    assertEquals(task.metrics().stream().map(Metric::name).toList(), List.copyOf(none.keySet()));
    assertTrue(none.values().stream().allMatch(value -> value.isNaN()), none::toString);
    assertTrue(task.stated().contains(task.yardstick()));
    assertEquals(Metric.LOSS, task.stated().get(0));
  }

  @Test
  void topOneOfThreeSamples() {
    Counters counters = new Classification().counters(3);
    counters.add(new float[] {1, 2, 0}, 0, new Target.Label(1));
    counters.add(new float[] {9, 9, 9, 1, 2, 0}, 3, new Target.Label(0));
    counters.add(new float[] {1, 2, 3}, 0, new Target.Label(2));
    assertEquals(Map.of("top1", 2 / 3.0, "top5", 1.0), counters.metrics());
  }

  /** By hand: of four samples, and once with the two in the middle equal. */
  @Test
  void averagePrecisionIsOverDistinctOutputs() {
    Counters counters = new MultiLabel("labels.csv", 0.5).counters(3);
    float[][] outputs = {{3, 2, 0}, {2, 1, 0}, {1, 1, 0}, {0, 0, 0}};
    int[][] labels = {{0}, {}, {0, 1}, {}};
    for (int i = 0; i < outputs.length; i++) {
      List<Integer> holding = java.util.Arrays.stream(labels[i]).boxed().toList();
      counters.add(outputs[i], 0, new Target.Labels(holding));
    }
    // Class 0: 1/2 * 1/1 + 1/2 * 2/3. Class 1: of three at least as great, one. Class 2: none
    // holds.
    assertEquals(
        (1 / 2.0 + 1 / 3.0 + 1 / 3.0) / 2,
        counters.metrics().getOrDefault("mean_average_precision", Double.NaN),
        1e-12);
  }

  @Test
  void aPredictionNamesEveryClassAboveTheThreshold() {
    List<Prediction> said =
        new MultiLabel("labels.csv", 0.25).predictions(new float[] {9, 0, 3, -1, -2}, 1, 4, 1);
    assertEquals(List.of(1, 0, 2), said.stream().map(Prediction::label).toList());
    assertEquals(0.5, said.get(1).probability());
  }

  @Test
  void onlyLossesOfEachClassFitSeveralLabels() {
    Task task = new MultiLabel("labels.csv", 0.5);
    assertTrue(task.refusal(new Focal(0.25, 2)).isEmpty());
    assertTrue(task.refusal(new CrossEntropy(0)).orElseThrow().contains("got cross-entropy"));
    assertTrue(new Classification().refusal(new SmoothL1(1)).isPresent());
  }

  @Test
  void theFirstOfTheBestEpochsIsTheBest() {
    Metric top1 = new Classification().yardstick();
    List<Map<String, Double>> epochs =
        Stream.of(Double.NaN, 0.5, 0.7, 0.7, 0.6).map(value -> Map.of("top1", value)).toList();
    assertEquals(2, top1.best(epochs).orElseThrow());
    assertTrue(top1.best(epochs.subList(0, 1)).isEmpty());
    assertTrue(Metric.LOSS.better(0.1, 0.2));
    assertFalse(Metric.LOSS.better(Double.NaN, 0.2));
  }

  private static List<String> classes() {
    return java.util.stream.IntStream.range(0, CLASSES).mapToObj(c -> "class " + c).toList();
  }
}
