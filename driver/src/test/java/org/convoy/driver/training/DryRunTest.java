package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.kernels.Backends;
import org.convoy.kernels.PlanRequest;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DryRunTest {
  private static final long GIB = 1L << 30;

  /** Recipes that show how something is done; all others are of the literature. */
  private static final List<String> GUIDED =
      List.of(
          "quickstart.conf",
          "cifar10-resnet20.conf",
          "cifar10-search.conf",
          "fine-tune.conf",
          "fine-tune-head.conf",
          "fine-tune-whole.conf");

  /** One image takes as many seconds as the network has multiply-adds, times 1e-9. */
  private static final StepTime BILLION_PER_SECOND =
      (backend, graph, request, threads) -> graph.multiplyAdds() * 1e-9;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  static List<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "conf"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".conf"))
          .filter(file -> !file.getFileName().toString().startsWith("spark"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeInConfPasses(Path file) throws IOException {
    Recipe recipe = new RecipeLoader().load(file, List.of("data.uri=" + folder.resolve("none")));
    RunEstimate estimate = estimate(recipe, 1, DataOutline.Stated.NOTHING);
    assertEquals(recipe.model().name(), estimate.network());
    long perEpoch = estimate.data().images() / recipe.batch().globalSize();
    assertEquals(perEpoch * recipe.epochs(), estimate.steps());
    assertTrue(estimate.memory().bytes() > 300L << 20, estimate::toString);
    assertTrue(
        recipe.data().generate().wanted()
            || estimate.missing().get(0).startsWith("data.uri: " + recipe.data().location()),
        estimate::toString);
    assertTrue(estimate.trainingSeconds() > estimate.validationSeconds(), estimate::toString);
    if (!GUIDED.contains(file.getFileName().toString())) {
      assertTrue(
          Files.readString(file).replace("\n# ", " ").matches("(?s)# .*\\d{4}, \".*Published.*"),
          file + ": a source and its figure");
    }
  }

  @Test
  void theTimeFollowsFromWorkExecutorsAndSizes() throws IOException {
    Recipe recipe = recipe("epochs=4");
    RunEstimate one = estimate(recipe, 1, stated(250, 10));
    assertEquals(10 * 4, one.steps());
    double step = 24 * one.multiplyAdds() * 1e-9;
    assertEquals(40 * step, one.trainingSeconds(), 1e-9);
    assertEquals(24 / step, one.imagesPerSecond(), 1e-6);
    assertEquals(
        one.trainingSeconds() / 4, estimate(recipe, 4, stated(250, 10)).trainingSeconds(), 1e-9);
    // Of four micro-batches one of three executors has two.
    RunEstimate three = estimate(recipe, 3, stated(250, 10));
    assertEquals(2, three.microBatchesEach());
    assertEquals(one.trainingSeconds() / 2, three.trainingSeconds(), 1e-9);
    assertEquals(15, estimate(recipe("epochs=4", "max-steps=15"), 1, stated(250, 10)).steps());
    RunEstimate growing =
        estimate(
            recipe(
                "epochs=4",
                "image.progressive=[{from-epoch: 0, size: 8}, {from-epoch: 2, size: 16}]"),
            1,
            stated(250, 10));
    double smaller =
        (double) Models.get("resnet20").build(org.convoy.graph.Shape.of(3, 8, 8), 10).multiplyAdds()
            / one.multiplyAdds();
    assertEquals(one.trainingSeconds() * (0.5 + 0.5 * smaller), growing.trainingSeconds(), 1e-9);
  }

  @Test
  void dataThatExistsIsCounted() throws IOException {
    new ShapesGenerator(new ShapesSettings(6, 2, 16, 5)).write(folder.resolve("shapes"));
    RunEstimate estimate = estimate(recipe("epochs=3"), 2, DataOutline.Stated.NOTHING);
    assertTrue(estimate.data().exists());
    assertEquals(60, estimate.data().images());
    assertEquals(20, estimate.data().validationImages());
    assertEquals(10, estimate.data().classes());
    assertEquals(List.of(), estimate.missing());
    assertEquals(6, estimate.steps());
    assertFalse(Files.exists(folder.resolve("run")), "a dry run writes nothing");
  }

  @Test
  void whatDoesNotExistIsNamed() throws IOException {
    Recipe recipe =
        recipe(
            "model.start=" + folder.resolve("start"),
            "distillation.teacher=" + folder.resolve("teacher"));
    List<String> missing = estimate(recipe, 1, stated(250, 10)).missing();
    assertEquals(3, missing.size(), missing::toString);
    assertTrue(missing.get(0).startsWith("data.uri: "), missing::toString);
    assertTrue(missing.get(1).startsWith("model.start: "), missing::toString);
    assertTrue(missing.get(2).startsWith("distillation.teacher: "), missing::toString);
  }

  @Test
  void runsThatWouldBeRefusedAreRefused() {
    refused("--executors is 5, expected 1 to 4", recipe(), 5, stated(250, 10));
    refused("has 20 images, expected at least one global batch of 24", recipe(), 1, stated(20, 10));
    refused(
        "--images: expected the number",
        recipe(),
        1,
        new DataOutline.Stated(OptionalInt.empty(), OptionalInt.of(7)));
  }

  @Test
  void aStepIsTimedOnThisMachine() {
    double seconds =
        StepTime.measured(
            Backends.get("onednn"),
            Models.get("resnet20").build(org.convoy.graph.Shape.of(3, 16, 16), 10),
            PlanRequest.training(4),
            1);
    // Ten million multiply-adds forward and twice as many backward.
    assertTrue(seconds > 1e-6 && seconds < 10, () -> "" + seconds);
  }

  private void refused(String reason, Recipe recipe, int executors, DataOutline.Stated stated) {
    RequestException refusal =
        assertThrows(RequestException.class, () -> estimate(recipe, executors, stated));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private RunEstimate estimate(Recipe recipe, int executors, DataOutline.Stated stated)
      throws IOException {
    return new DryRun(
            recipe,
            new TrainingRequest(folder.resolve("run").toUri().toString(), executors, false),
            new ExecutorSize(1, GIB, 0, false),
            new Configuration(),
            BILLION_PER_SECOND)
        .estimate(stated);
  }

  private static DataOutline.Stated stated(int images, int classes) {
    return new DataOutline.Stated(OptionalInt.of(images), OptionalInt.of(classes));
  }

  private Recipe recipe(String... overrides) {
    return SmallRuns.recipe(folder.resolve("shapes"), overrides);
  }
}
