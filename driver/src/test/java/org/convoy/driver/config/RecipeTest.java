package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.optim.Cosine;
import org.convoy.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes in conf/, and a recipe written back as text. */
class RecipeTest {

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
  void everyRecipeLoadsAndItsTextsAreEquivalent(Path file) {
    Recipe recipe = new RecipeLoader().load(file, List.of());
    assertEquals(recipe, new RecipeLoader().parse(recipe.toJson(), "json", List.of()));
    assertEquals(recipe, new RecipeLoader().parse(recipe.toHocon(), "hocon", List.of()));
    assertEquals(64, recipe.digest().length());
  }

  @Test
  void cifarIsTheRecipeComparedWithPyTorch() {
    Recipe recipe = load("cifar10-resnet20.conf");
    assertEquals(new BatchSettings(4, 32), recipe.batch());
    assertEquals(new Sgd(0.9, true, 5e-4, true), recipe.optimizer());
    assertEquals(new Cosine(0.1, 1, 0), recipe.schedule());
    assertEquals("test", recipe.data().validation());
    assertEquals(5, recipe.epochs());
  }

  @Test
  void imagenetFollowsTheLinearScalingRule() {
    Recipe recipe = load("imagenet-resnet50.conf");
    assertEquals(8192, recipe.batch().globalSize());
    assertEquals(0.1 * recipe.batch().globalSize() / 256, recipe.schedule().learningRate(), 1e-12);
  }

  @Test
  void theTextIsReadable() {
    String text = load("cifar10-resnet20.conf", "data.uri=a//b").toHocon();
    assertTrue(text.contains("\n  weight-decay = 0.0005\n"), text);
    assertTrue(text.contains("\n  uri = \"a//b\"\n"), text);
    assertTrue(text.contains("\n  train = [{pad-and-crop: {size: 32, padding: 4}}, "), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=other",
        "data.uri=/elsewhere",
        "data.decode-threads=7",
        "data.max-bad-share=0.5",
        "max-steps=20",
        "checkpoint.every-steps=5",
        "exchange.port=4000",
        "monitor.progress-seconds=1",
        "max-restarts=0",
        "validation.every-epochs=2"
      })
  void keysThatCannotChangeTheWeightsAreNotInTheDigest(String override) {
    assertEquals(
        load("cifar10-resnet20.conf").digest(), load("cifar10-resnet20.conf", override).digest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=2",
        "model.name=resnet32",
        "backend=nd4j",
        "batch.micro-batches=8",
        "epochs=6",
        "data.shuffle-window=2",
        "image.train=[]",
        "optimizer.momentum=0.8",
        "schedule.floor=0.001",
        "gradient-clip-norm=1",
        "weight-average.decay=0.9"
      })
  void keysThatChangeTheWeightsAreInTheDigest(String override) {
    assertNotEquals(
        load("cifar10-resnet20.conf").digest(), load("cifar10-resnet20.conf", override).digest());
  }

  @ParameterizedTest
  @CsvSource({
    "cifar10-resnet20.conf, schedule.name=cosine, false",
    "cifar10-resnet20.conf, schedule=constant, true",
    "imagenet-resnet50.conf, schedule.name=step, true"
  })
  void moreEpochsProlongSchedulesThatDoNotStretch(String file, String schedule, boolean prolongs) {
    Recipe shorter = load(file, schedule, "epochs=91");
    Recipe longer = load(file, schedule, "epochs=92");
    assertTrue(longer.isLongerThan(shorter));
    assertEquals(prolongs, longer.prolongs(shorter));
    assertFalse(shorter.isLongerThan(longer) || longer.isLongerThan(longer));
    Recipe other = load(file, schedule, "epochs=92", "optimizer.momentum=0.8");
    assertFalse(other.isLongerThan(shorter) || other.prolongs(shorter));
  }

  @Test
  void travelsToExecutors() throws IOException, ClassNotFoundException {
    Recipe recipe = load("quickstart.conf");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(recipe);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(recipe, in.readObject());
    }
  }

  @Test
  void differencesNameEachOptionOfAnotherChoice() {
    Recipe here = load("cifar10-resnet20.conf");
    Recipe there = load("cifar10-resnet20.conf", "schedule=constant", "epochs=6");
    assertEquals(
        List.of(
            "epochs: 6 there, 5 here",
            "schedule.name: constant there, cosine here",
            "schedule.floor: nothing there, 0 here"),
        here.differences(there));
    assertEquals("schedule.floor: 0 there, nothing here", there.differences(here).get(2));
  }

  private static Recipe load(String name, String... overrides) {
    return new RecipeLoader().load(Path.of("..", "conf", name), List.of(overrides));
  }
}
