package org.convoy.driver.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps over runs whose result is a formula of their recipe. */
final class SweepTest {
  private static final String RECIPE =
      """
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 1, micro-batch-size = 10 }
      data.uri = nowhere
      epochs = 8
      schedule.warm-up-epochs = 0
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  private final List<String> trained = new ArrayList<>();

  @Test
  void theGridHasEveryCombinationAndTheBestComesFirst() throws Exception {
    List<Trial> trials =
        sweep(Search.GRID, 0, 0, "schedule.learning-rate=0.1,0.3", "epochs=4,8").run(100);
    assertEquals(
        List.of(
            List.of("schedule.learning-rate=0.3", "epochs=8"),
            List.of("schedule.learning-rate=0.3", "epochs=4"),
            List.of("schedule.learning-rate=0.1", "epochs=8"),
            List.of("schedule.learning-rate=0.1", "epochs=4")),
        trials.stream().map(Trial::overrides).toList());
    assertEquals(List.of(80L, 40L, 80L, 40L), trials.stream().map(Trial::steps).toList());
    assertEquals(0.3 + 0.08, trials.get(0).mean(), 1e-12);
  }

  @Test
  void valuesMayHaveCommas() {
    SweepSpace space =
        SweepSpace.parse(List.of("schedule={name: step, milestones: [1, 2]},cosine"));
    assertEquals(
        List.of(List.of("schedule={name: step, milestones: [1, 2]}"), List.of("schedule=cosine")),
        space.grid());
  }

  @Test
  void drawnPointsAreDifferentAndFollowFromTheSeed() {
    SweepSpace space = SweepSpace.parse(List.of("epochs=1,2,3,4,5", "seed=1,2,3,4"));
    List<List<String>> drawn = space.drawn(12, 7);
    assertEquals(12, new HashSet<>(drawn).size());
    assertEquals(drawn, space.drawn(12, 7));
    assertTrue(space.grid().containsAll(drawn));
    assertEquals(new HashSet<>(space.grid()), new HashSet<>(space.drawn(20, 7)));
  }

  /** Eight trials of an eighth, then four, then two of the whole run. */
  @Test
  void halvingTrainsTheBetterHalfTwiceAsLong() throws Exception {
    List<Trial> trials =
        sweep(Search.HALVING, 0, 0, "schedule.learning-rate=0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8")
            .run(100);
    assertEquals(
        List.of(80L, 80L, 40L, 40L, 20L, 20L, 20L, 20L),
        trials.stream().map(Trial::steps).toList());
    assertEquals(List.of("schedule.learning-rate=0.8"), trials.get(0).overrides());
    assertEquals(List.of("schedule.learning-rate=0.7"), trials.get(1).overrides());
    assertEquals(8 + 4 + 2, trained.size());
  }

  @Test
  void aCrossValidationHasAMeanAndADeviation() throws Exception {
    Trial trial = sweep(Search.GRID, 0, 4).run(100).get(0);
    assertEquals(4, trial.scores().size());
    // 75 images train: 7 steps an epoch. The folds differ by 1.
    assertEquals(56, trial.steps());
    assertEquals(0.1 + 0.056 + 2.5, trial.mean(), 1e-12);
    assertEquals(Math.sqrt((2.25 + 0.25 + 0.25 + 2.25) / 3), trial.deviation(), 1e-12);
    assertTrue(trained.get(3).endsWith("trial-001/fold-4"), trained::toString);
  }

  @Test
  void aRunThatFailsIsNotedAndComesLast() throws Exception {
    List<Trial> trials = sweep(Search.GRID, 0, 0, "schedule.learning-rate=9,0.1").run(100);
    assertEquals(List.of("schedule.learning-rate=9"), trials.get(1).overrides());
    assertEquals("diverged", trials.get(1).failure());
    assertTrue(new SweepReport(Sweeps.metric(), trials).html().contains("diverged"));
  }

  @Test
  void aRunThatIsThereIsNotTrainedAgain() throws Exception {
    Path first = folder.resolve("trial-001");
    Files.createDirectories(first);
    Files.writeString(first.resolve("summary.json"), "{\"steps\": 80, \"top1\": 0.9}");
    Path second = folder.resolve("trial-002");
    Files.createDirectories(second);
    Files.writeString(second.resolve("summary.json"), "{\"steps\": 40, \"top1\": 0.9}");
    List<Trial> trials = sweep(Search.GRID, 0, 0, "schedule.learning-rate=0.1,0.2").run(100);
    assertEquals(0.9, trials.get(0).mean());
    assertEquals(1, trained.size());
    assertTrue(trained.get(0).endsWith("trial-002"), trained::toString);
  }

  @Test
  void mistakesAreFoundBeforeAnythingIsTrained() {
    assertThrows(RecipeException.class, () -> sweep(Search.GRID, 0, 0, "epochs=1,none").check());
    assertThrows(
        RequestException.class, () -> sweep(Search.GRID, 0, 0, "data.validation=\"\"").check());
    assertThrows(RequestException.class, () -> SweepSpace.parse(List.of("epochs")));
    assertThrows(RequestException.class, () -> SweepSpace.parse(List.of("epochs=1,,2")));
    assertThrows(RequestException.class, () -> SweepSpace.parse(List.of("epochs=1", "epochs=2")));
    assertThrows(RequestException.class, () -> sweep(Search.GRID, -1, 0, "epochs=1"));
    assertThrows(RequestException.class, () -> sweep(Search.GRID, 0, 1, "epochs=1"));
    assertEquals(List.of(), trained);
  }

  private Sweep sweep(Search search, int trials, int folds, String... over) {
    String place = folder.toUri().toString();
    TrialRuns runs =
        new TrialRuns(
            place,
            folds,
            overrides -> new RecipeLoader().parse(RECIPE, "test", overrides),
            this::train,
            new Configuration());
    SweepSpace space = SweepSpace.parse(List.of(over));
    return new Sweep(SweepPlan.of(place, search, space, trials, 1, folds), runs, line -> {});
  }

  private RunSummary train(Recipe recipe, String place, boolean resume)
      throws IOException, TrainingFailedException {
    trained.add(place);
    if (recipe.schedule().learningRate() > 1) {
      throw new TrainingFailedException("diverged");
    }
    int images = recipe.data().folds() > 0 ? 75 : 100;
    long steps = (long) recipe.epochs() * (images / 10);
    long made = recipe.maxSteps() > 0 ? recipe.maxSteps() : steps;
    double score =
        recipe.schedule().learningRate()
            + made * 1e-3
            + (recipe.data().folds() > 0 ? recipe.data().fold() : 0);
    return Sweeps.summary(recipe, made, score);
  }

  /** What a finished run says. */
  private static final class Sweeps {
    static Metric metric() {
      return new RecipeLoader().parse(RECIPE, "test", List.of()).task().yardstick();
    }

    static RunSummary summary(Recipe recipe, long steps, double score) {
      return new RunSummary(
          recipe.name(),
          recipe.model().name(),
          "float32",
          1,
          1,
          steps,
          1,
          Map.of(metric().name(), score),
          1,
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
    }
  }
}
