package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.driver.exchange.sums.SynchronousSum;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.transform.CenterCrop;
import org.convoy.image.transform.HorizontalFlip;
import org.convoy.image.transform.PadAndCrop;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;
import org.convoy.loss.BinaryCrossEntropy;
import org.convoy.loss.Focal;
import org.convoy.optim.Constant;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Sgd;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading, overriding, and the reporting of every problem at once. */
class RecipeLoaderTest {
  private static final String LEAST = "model.name = resnet20, data.uri = \"data/x.tar\"\n";

  @Test
  void defaultsFillMissingKeys() {
    Recipe recipe = parse(LEAST);
    assertEquals("run", recipe.name());
    assertEquals(Recipe.Backend.ONEDNN, recipe.backend());
    assertEquals(128, recipe.batch().globalSize());
    assertEquals(65536, recipe.exchange().chunkFloats());
    assertEquals(OnBadImage.FAIL, recipe.data().onBadImage());
    assertEquals(List.of(), recipe.model().input());
    assertFalse(recipe.data().generate().wanted());
  }

  /** Class folders at the root, and no validation. */
  @Test
  void trainAndValidationMayBeEmpty() {
    Recipe recipe = parse(LEAST + "data.train = \"\", data.validation = \"\"");
    assertEquals("", recipe.data().train());
    assertEquals("", recipe.data().validation());
    assertThrows(RecipeException.class, () -> parse(LEAST + "data.train = a, data.validation = a"));
  }

  @Test
  void namesTheRunAfterItsFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("my-run.conf"), LEAST);
    assertEquals("my-run", new RecipeLoader().load(file, List.of()).name());
  }

  @Test
  void reportsEveryProblemWithFileLineAndNearMatch(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("x.conf"),
            """
            model.name = resnet2
            optimiser { momentum = 0.9 }
            batch {
              micro-batches = four
              micro-batch-size = 0
            }
            data.uri = "data/x.tar"
            data.on-bad-image = skp
            learning-rate = 0.1
            image.train = [horizontal-flop, {resize: {size: 0}}, {center-crop: {sise: 32}}]
            optimizer { momentum = 1.5, nesterov = maybe }
            schedule { name = step, warm-up-epochs = 12 }
            precision = null
            """);
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () ->
                RecipeLoader.knowing(List.of("resnet20", "lenet5"))
                    .load(file, List.of("epoch=3", "batch", "max-steps=-1", "image.mean=[0.5")));
    String at = " (" + file + ":";
    assertEquals(
        List.of(
                "model.name: expected one of resnet20, lenet5, got \"resnet2\""
                    + at
                    + "1), did you mean resnet20?",
                "unknown key optimiser" + at + "2), did you mean optimizer?",
                "batch.micro-batches: expected a whole number, got \"four\"" + at + "4)",
                "batch.micro-batch-size: expected at least 1, or auto, got 0" + at + "5)",
                "data.on-bad-image: expected one of fail, skip, got \"skp\""
                    + at
                    + "8), did you mean skip?",
                "unknown key learning-rate" + at + "9), did you mean schedule.learning-rate?",
                "image.train[0]: expected "
                    + oneOf(Transform.class)
                    + ", got \"horizontal-flop\""
                    + at
                    + "10), did you mean horizontal-flip?",
                "image.train[1].resize.size: expected a whole number from 1 to 16384, got 0"
                    + at
                    + "10)",
                "unknown key image.train[2].center-crop.sise"
                    + at
                    + "10), did you mean image.train[2].center-crop.size?",
                "image.train[2].center-crop.size: not set" + at + "10)",
                "optimizer.nesterov: expected true or false, got \"maybe\"" + at + "11)",
                "optimizer.momentum: expected zero or more and less than one, got 1.5" + at + "11)",
                "schedule.milestones: not set" + at + "12)",
                "schedule.warm-up-epochs: expected at most the run's 10 epochs, got 12"
                    + at
                    + "12)",
                "precision: expected one of float32, bfloat16, got null" + at + "13)",
                "expected key=value, got \"batch\" (--set)",
                "expected a key and a value in HOCON, got image.mean=[0.5 (--set)",
                "unknown key epoch (--set), did you mean epochs?",
                "max-steps: expected at least 0, got -1 (--set)")
            .stream()
            .sorted()
            .toList(),
        e.problems().stream().map(Problem::toString).sorted().toList());
    List<Integer> lines =
        e.problems().stream()
            .map(Problem::location)
            .map(place -> place.replaceAll(".*:(\\d+)$", "$1"))
            .filter(line -> line.matches("\\d+"))
            .map(Integer::valueOf)
            .toList();
    assertEquals(lines.stream().sorted().toList(), lines);
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": 19 problems\n  model.name"));
  }

  @Test
  void rulesThatSpanSectionsAreCheckedBesideOtherProblems() {
    assertEquals(
        List.of(
            "image.mean: expected a value for each of the input's 1 channels, got 3 (inline:1)",
            "model.name: not set, expected the name of a model, for example resnet20",
            "data.uri: not set, expected the data set's folder or tar"),
        problems("model.input = [1, 28, 28]"));
  }

  @Test
  void noRuleIsAppliedToAnUnreadableValue() {
    assertEquals(
        List.of("epochs: expected a whole number, got \"ninety\" (inline:2)"),
        problems(LEAST + "epochs = ninety, schedule.warm-up-epochs = 20"));
  }

  @Test
  void aLossHasOnlyItsOwnOptions() {
    Recipe recipe = parse(LEAST, "loss.name=binary-cross-entropy", "loss.label-smoothing=0.1");
    assertEquals(new BinaryCrossEntropy(0.1, 1), recipe.loss());
    assertEquals(new Focal(0.25, 2), parse(LEAST, "loss=focal").loss());
    assertEquals(
        List.of(
            "unknown key loss.label-smoothing, focal has alpha, gamma (inline:2)",
            "unknown key loss.gama (inline:2), did you mean loss.gamma?",
            "loss.alpha: expected from 0 to 1, got 1.5 (inline:2)"),
        problems(LEAST + "loss {name = focal, label-smoothing = 0.1, gama = 1, alpha = 1.5}"));
    assertEquals(
        List.of(
            "loss.name: expected one of cross-entropy, binary-cross-entropy, focal, dice,"
                + " smooth-l1, nt-xent, consistency, mean-squared-error, got \"focl\" (inline:2), did you mean focal?"),
        problems(LEAST + "loss.name = focl"));
    assertEquals(
        List.of(
            "loss.name: expected a loss of classes, got smooth-l1, which needs a number for each"
                + " output (inline:2)"),
        problems(LEAST + "loss.name = smooth-l1"));
  }

  @Test
  void aNameAloneIsAChoiceToo() {
    assertEquals(
        new SynchronousSum(),
        parse(LEAST + "exchange.combine = synchronous-sum").exchange().combine());
    assertEquals(
        new Constant(0.1, 1),
        parse(LEAST + "schedule.floor = 0.01", "schedule=constant").schedule());
    assertEquals(
        List.of(
            String.format(
                Locale.ROOT,
                "optimizer.name: expected %s, got 3 (inline:2)",
                oneOf(Optimizer.class))),
        problems(LEAST + "optimizer = 3"));
    assertEquals(
        List.of("optimizer.name: not set (inline:2)"),
        problems(LEAST + "optimizer = sgd, optimizer { momentum = 0.5 }"));
  }

  @Test
  void aSizeIsANumberOrHeightAndWidth() {
    assertEquals(
        List.of(new CenterCrop(new Size(24, 32)), new CenterCrop(Size.square(8))),
        parse(LEAST + "image.evaluation = [{center-crop: [24, 32]}, {center-crop: {size: 8}}]")
            .image()
            .evaluation());
    assertEquals(
        List.of(
            "image.evaluation[0].center-crop.size: expected a whole number or [height, width], each"
                + " from 1 to 16384, got [8,8,8] (inline:2)"),
        problems(LEAST + "image.evaluation = [{center-crop: [8, 8, 8]}]"));
  }

  /** By its name alone, or with the size that has no default. */
  @Test
  void everyTransformHasItsDefaults() {
    for (Class<?> type : Variants.of(Transform.class).values()) {
      boolean sized =
          Stream.of(type.getRecordComponents())
              .limit(1)
              .anyMatch(first -> first.getName().equals("size"));
      String stated = sized ? "{" + Variants.name(type) + ": {size: 32}}" : Variants.name(type);
      String crop = "image.train = [" + stated + ", {center-crop: {size: 32}}]";
      Transform bound = parse(LEAST + "model.input = [3, 32, 32]\n" + crop).image().train().get(0);
      assertEquals(type, bound.getClass());
    }
  }

  private static String oneOf(Class<?> choice) {
    List<String> names = List.copyOf(Variants.of(choice).keySet());
    return names.size() == 1 ? names.get(0) : "one of " + String.join(", ", names);
  }

  @Test
  void overridesComeFirstAndNeedNoQuotationMarks() {
    Recipe recipe =
        parse(
            LEAST + "epochs = 3, image.train = [{resize: 40}]",
            "epochs=7",
            "data.uri=hdfs://host:8020/a b/c.tar",
            "schedule.learning-rate=5e-2",
            "optimizer.nesterov=false",
            "image.train=[{pad-and-crop: {size: 28}}, horizontal-flip]",
            "name=a=b");
    assertEquals(7, recipe.epochs());
    assertEquals("hdfs://host:8020/a b/c.tar", recipe.data().uri());
    assertEquals(recipe.data().uri(), recipe.data().location());
    assertEquals(0.05, recipe.schedule().learningRate());
    assertEquals(new Sgd(0.9, false, 1e-4, true), recipe.optimizer());
    assertEquals("a=b", recipe.name());
    assertEquals(
        List.of(new PadAndCrop(Size.square(28), 4), new HorizontalFlip(0.5)),
        recipe.image().train());
  }

  @Test
  void aWrongOverrideIsNamedAsSuch() {
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () -> parse(LEAST, "optimizer.momentun=0.5", "schedule=step", "optimzer.name=sgd"));
    assertEquals(
        List.of(
            "unknown key optimzer (--set), did you mean optimizer?",
            "unknown key optimizer.momentun (--set), did you mean optimizer.momentum?",
            "schedule.milestones: not set (--set)"),
        e.problems().stream().map(Problem::toString).toList());
  }

  @Test
  void saysWhereARecipeIsNotHocon() {
    List<String> problems = problems(LEAST + "batch {\n  micro-batches = [1,\n");
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).matches("(?s).*\\(inline:\\d+\\)"), problems.toString());
    assertTrue(problems("name = ${nowhere}").get(0).endsWith("(inline:1)"));
  }

  @Test
  void aMissingFileIsNamedWithTheNearestOne(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("quickstart.conf"), LEAST);
    RecipeException e =
        assertThrows(
            RecipeException.class,
            () -> new RecipeLoader().load(folder.resolve("quickstrat.conf"), List.of()));
    assertEquals(
        "recipe "
            + folder.resolve("quickstrat.conf")
            + ": no such file, did you mean "
            + folder.resolve("quickstart.conf")
            + "?",
        e.getMessage());
  }

  @Test
  void aRelativePathIsInTheWorkingDirectory() {
    String here = Path.of("").toAbsolutePath().toString();
    assertEquals("file:" + here + "/data/x.tar", parse(LEAST).data().location());
    assertEquals("/data", parse(LEAST, "data.uri=/data").data().location());
  }

  private static Recipe parse(String text, String... overrides) {
    return new RecipeLoader().parse(text, "inline", List.of(overrides));
  }

  private static List<String> problems(String text) {
    RecipeException e = assertThrows(RecipeException.class, () -> parse(text));
    return e.problems().stream().map(Problem::toString).toList();
  }
}
