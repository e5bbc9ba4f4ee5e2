package org.convoy.driver.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.sweep.Trial;
import org.convoy.driver.sweep.TrialRuns;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches over runs whose result is a formula of the network's name. */
final class NetworkSearchTest {
  private static final String RECIPE =
      """
      name = small
      model { name = resnet20, input = [3, 32, 32] }
      batch { micro-batches = 1, micro-batch-size = 10 }
      data.uri = nowhere
      epochs = 8
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  private final List<String> trained = new ArrayList<>();

  /**
   * A 7x7 kernel and expansion 6 count in each stage; evolution finds most of them, which 60 random
   * networks do rarely.
   */
  @Test
  void evolutionFindsWhatRandomDrawsDoNot() throws Exception {
    List<Trial> evolved = search(new SearchPlan(60, 10, 6, 0, 3)).run(100, 10);
    List<Trial> drawn = search(new SearchPlan(60, 60, 6, 0, 3)).run(100, 10);
    assertEquals(60, evolved.size());
    assertEquals(60, new HashSet<>(evolved.stream().map(Trial::overrides).toList()).size());
    assertEquals(1.6, evolved.get(0).mean(), 0.21, evolved.get(0)::toString);
    assertTrue(drawn.get(0).mean() < evolved.get(0).mean(), drawn.get(0)::toString);
  }

  @Test
  void theSeedAndTheScoresDecideWhatIsTried() throws Exception {
    List<Trial> first = search(new SearchPlan(30, 8, 3, 0, 3)).run(100, 10);
    assertEquals(first, search(new SearchPlan(30, 8, 3, 0, 3)).run(100, 10));
    assertNotEquals(first, search(new SearchPlan(30, 8, 3, 0, 4)).run(100, 10));
  }

  /**
   * The first trials of a longer search are those of the shorter one, and are not trained again.
   */
  @Test
  void aSearchGoesOnWhereItWas() throws Exception {
    List<Trial> whole = search(new SearchPlan(20, 6, 3, 0, 3)).run(100, 10);
    for (Trial trial : whole) {
      if (trial.number() <= 12 && trial.failure().isEmpty()) {
        Path place =
            Files.createDirectories(
                folder.resolve("trial-0" + (trial.number() < 10 ? "0" : "") + trial.number()));
        String model = trial.overrides().get(0).substring("model.name=".length());
        Files.writeString(
            place.resolve("summary.json"),
            "{\"model\": \"" + model + "\", \"steps\": 80, \"top1\": " + trial.mean() + "}");
      }
    }
    trained.clear();
    assertEquals(whole, search(new SearchPlan(20, 6, 3, 0, 3)).run(100, 10));
    assertEquals(8 + failures(whole.stream().filter(each -> each.number() <= 12)), trained.size());
    RequestException other =
        assertThrows(
            RequestException.class, () -> search(new SearchPlan(20, 6, 3, 0, 9)).run(100, 10));
    assertTrue(other.toString().contains("expected a run of mbconv_"), other::toString);
  }

  @Test
  void theBestNetworkIsARecipe() throws Exception {
    NetworkSearch search = search(new SearchPlan(10, 6, 3, 0, 3));
    List<Trial> trials = search.run(100, 10);
    Recipe best = new RecipeLoader().parse(search.best(trials), "best", List.of());
    assertEquals("model.name=" + best.model().name(), trials.get(0).overrides().get(0));
    assertEquals("small-best", best.name());
    assertEquals(8, best.epochs());
  }

  @Test
  void networksAreAsSmallAsAskedFor() throws Exception {
    long most = 10_000_000;
    for (Trial trial : search(new SearchPlan(15, 6, 3, most, 3)).run(100, 10)) {
      String name = trial.overrides().get(0).substring("model.name=".length());
      assertTrue(Models.get(name).build().multiplyAdds() <= most, name);
    }
    assertThrows(
        RequestException.class, () -> search(new SearchPlan(1, 6, 3, 1000, 3)).run(100, 10));
  }

  @Test
  void aNetworkThatFailsHasNoChildren() throws Exception {
    List<Trial> trials = search(new SearchPlan(25, 5, 5, 0, 11)).run(100, 10);
    assertTrue(trials.stream().anyMatch(trial -> !trial.failure().isEmpty()), trials::toString);
    assertTrue(trials.get(0).failure().isEmpty(), trials::toString);
  }

  @Test
  void wrongNumbersAreRefused() {
    assertThrows(RequestException.class, () -> new SearchPlan(0, 6, 3, 0, 3));
    assertThrows(RequestException.class, () -> new SearchPlan(1, 0, 3, 0, 3));
    assertThrows(RequestException.class, () -> new SearchPlan(1, 2, 3, 0, 3));
    assertThrows(RequestException.class, () -> new SearchPlan(1, 2, 1, -1, 3));
  }

  private static long failures(Stream<Trial> trials) {
    return trials.filter(trial -> !trial.failure().isEmpty()).count();
  }

  private NetworkSearch search(SearchPlan plan) {
    TrialRuns runs =
        new TrialRuns(
            folder.toUri().toString(),
            0,
            overrides -> new RecipeLoader().parse(RECIPE, "test", overrides),
            this::train,
            new Configuration());
    return new NetworkSearch(plan, runs, line -> {});
  }

  private RunSummary train(Recipe recipe, String place, boolean resume)
      throws IOException, TrainingFailedException {
    trained.add(place);
    String name = recipe.model().name();
    if (name.contains("k3e2d2")) {
      throw new TrainingFailedException("diverged");
    }
    double score = 0;
    for (String stage : name.split("-")) {
      score += (stage.contains("k7") ? 0.2 : 0) + (stage.contains("e6") ? 0.2 : 0);
    }
    return summary(recipe, score);
  }

  private static RunSummary summary(Recipe recipe, double score) {
    Map<String, Double> metrics = Map.of("top1", score);
    return new RunSummary(
        recipe.name(),
        recipe.model().name(),
        "float32",
        1,
        1,
        80,
        1,
        metrics,
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
