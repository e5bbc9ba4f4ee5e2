package org.convoy.driver.training;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.Tensor;
import org.convoy.artifact.weights.TorchWriter;
import org.convoy.driver.checkpoint.Warnings;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Draws;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs that start from the model of a run before them. */
final class FineTuningTest {
  private static final String[] BODY_FROZEN = {
    "parameters=[{match: \"fc.*\"}, {match: \"*\", frozen: true}]", "max-steps=3"
  };

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void start() throws Exception {
    runs.train(runs.data(), runs.folder().resolve("first"), false, "max-steps=2");
  }

  private static String from(Path run) {
    return "model.start=" + run.resolve("model");
  }

  private static String[] with(String[] overrides, String... more) {
    return Stream.concat(Stream.of(overrides), Stream.of(more)).toArray(String[]::new);
  }

  private static SavedModel model(Path run) throws IOException {
    return ModelFolder.load(run.resolve("model").toString(), new Configuration());
  }

  /** Fewer classes: the body is the model's, the head is the seed's until it is trained. */
  @Test
  void theHeadOfOtherClassesIsMadeAnewAndTheBodyStays() throws Exception {
    Path some = runs.copy(folder.resolve("some"));
    for (String split : List.of("train", "validation")) {
      delete(some.resolve(split).resolve("ring"));
    }
    String[] frozen = with(BODY_FROZEN, from(runs.folder().resolve("first")));
    String one = runs.train(1, some, folder.resolve("one"), false, frozen).weightsSha256();
    Path run = folder.resolve("four");
    runs.train(4, some, run, false, with(frozen, "max-steps=1"));
    long whole = stateBytes(runs.folder().resolve("first"));
    assertTrue(stateBytes(run) < 0.02 * whole, "momentum of the head alone, not of " + whole);
    assertEquals(one, runs.train(2, some, run, true, frozen).weightsSha256());

    Parameters before = Parameters.of(model(runs.folder().resolve("first")).graph());
    INDArray then = model(runs.folder().resolve("first")).weights();
    SavedModel tuned = model(run);
    Parameters layout = Parameters.of(tuned.graph());
    INDArray drawn = layout.initialize(new Draws(1, "parameters").bits(0), DataType.FLOAT);
    assertEquals(9, tuned.labels().size());
    layout.all().stream()
        .filter(parameter -> !parameter.name().startsWith("fc."))
        .forEach(
            parameter ->
                assertEquals(
                    before.view(then, before.get(parameter.name())),
                    layout.view(tuned.weights(), parameter),
                    parameter.name()));
    INDArray head = layout.view(tuned.weights(), layout.get("fc.weight"));
    double moved = head.distance2(layout.view(drawn, layout.get("fc.weight")));
    assertTrue(moved > 0 && moved < 0.5 * head.norm2Number().doubleValue(), () -> "" + moved);
  }

  /** The bytes of the optimizer's state in a run's checkpoints. */
  private static long stateBytes(Path run) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(run.resolve("checkpoints"))) {
      for (Path state : (Iterable<Path>) files.filter(FineTuningTest::isState)::iterator) {
        bytes += Files.size(state);
      }
    }
    assertTrue(bytes > 0, "no state in " + run);
    return bytes;
  }

  private static boolean isState(Path file) {
    return file.getFileName().toString().startsWith("state-");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }

  /** The same classes: all is taken, the head too. */
  @Test
  void theHeadOfTheSameClassesIsKept() throws Exception {
    runs.train(
        runs.data(),
        folder.resolve("run"),
        false,
        from(runs.folder().resolve("first")),
        "schedule.learning-rate=1e-12",
        "max-steps=1",
        "parameters=[{match: \"fc.bias\"}, {match: \"*\", frozen: true}]");
    SavedModel tuned = model(folder.resolve("run"));
    Parameters layout = Parameters.of(tuned.graph());
    assertEquals(
        layout.view(model(runs.folder().resolve("first")).weights(), layout.get("fc.weight")),
        layout.view(tuned.weights(), layout.get("fc.weight")));
  }

  /** FixRes: the last norm and the classifier get used to a higher resolution, all else stays. */
  @Test
  void aNetworkIsAdaptedToAnotherResolution() throws Exception {
    runs.train(
        runs.data(),
        folder.resolve("run"),
        false,
        from(runs.folder().resolve("first")),
        "model.input=[3, 24, 24]",
        "image.train=[{resize: 24}, horizontal-flip]",
        "image.evaluation=[{resize: 24}]",
        "max-steps=2",
        "parameters=[{match: \"fc.*\"}, {match: \"layer3.2.bn2.*\"}, {match: \"*\", frozen: true}]");
    SavedModel tuned = model(folder.resolve("run"));
    assertEquals(Shape.of(3, 24, 24), tuned.graph().inputShape());
    Parameters layout = Parameters.of(tuned.graph());
    INDArray before = model(runs.folder().resolve("first")).weights();
    List<String> moved =
        layout.all().stream()
            .filter(
                parameter ->
                    !layout.view(before, parameter).equals(layout.view(tuned.weights(), parameter)))
            .map(Parameter::name)
            .sorted()
            .toList();
    assertEquals(
        List.of(
            "fc.bias",
            "fc.weight",
            "layer3.2.bn2.bias",
            "layer3.2.bn2.running_mean",
            "layer3.2.bn2.running_var",
            "layer3.2.bn2.weight"),
        moved);
  }

  @Test
  void goesOnFromItsCheckpointWithThatStartAlone() throws Exception {
    Path run = folder.resolve("run");
    String[] start = {from(runs.folder().resolve("first")), "max-steps=1"};
    runs.train(runs.data(), run, false, start);
    Path second = folder.resolve("second");
    String other = runs.train(runs.data(), second, false, "max-steps=1").weightsSha256();
    assertNotEquals(model(runs.folder().resolve("first")).weightsSha256(), other);
    refused("another model.start", run, true, from(second), "max-steps=2");
    refused("expected a model of weights_sha256", run, true, "max-steps=2");
    runs.train(runs.data(), run, true, from(runs.folder().resolve("first")), "max-steps=2");
  }

  @Test
  void whatDoesNotFitIsListed() {
    Path run = folder.resolve("run");
    String start = from(runs.folder().resolve("first"));
    refused(
        "holds a resnet20, expected the tensors of resnet32; it lacks layer1.3.bn1.bias, ",
        run,
        false,
        start,
        "model.name=resnet32");
    refused("no saved model at ", run, false, "model.start=" + folder);
    refused("; it has too many: layer1.2.bn1.bias, ", run, false, start, "model.name=resnet18");
    refused("; it has of another shape: bn1.bias ", run, false, start, "model.name=resnet18");
  }

  @Test
  void otherPreprocessingIsWarnedOf() throws Exception {
    try (Warnings warnings = new Warnings(TrainingSession.class)) {
      runs.train(
          runs.data(),
          folder.resolve("run"),
          false,
          from(runs.folder().resolve("first")),
          "image.mean=[0.5, 0.5, 0.5]",
          "max-steps=1");
      assertEquals(1, warnings.messages().size());
      String warning = warnings.messages().get(0);
      assertTrue(warning.contains("other preprocessing"), warning);
      assertTrue(warning.contains("there normalisation"), warning);
    }
  }

  /** The first run's weights in a file of PyTorch, with names as DataParallel gives them. */
  private Path torch(String name) throws IOException {
    SavedModel first = model(runs.folder().resolve("first"));
    List<Tensor> tensors =
        NamedWeights.tensors(Parameters.of(first.graph()), first.weights()).stream()
            .map(each -> Tensor.of("module." + each.name(), each.shape(), each.array()))
            .toList();
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      TorchWriter.write(out, tensors);
    }
    return file;
  }

  /** The file holds the same tensors as the folder, so that the runs end with the same bytes. */
  @Test
  void aFileOfPyTorchStartsAsTheModelDoes() throws Exception {
    String[] one = {from(runs.folder().resolve("first")), "max-steps=1"};
    String expected = runs.train(runs.data(), folder.resolve("a"), false, one).weightsSha256();
    String[] other = {"model.start=" + torch("first.pth"), "max-steps=1"};
    Path run = folder.resolve("b");
    assertEquals(expected, runs.train(2, runs.data(), run, false, other).weightsSha256());
    try (OutputStream out = Files.newOutputStream(folder.resolve("first.pth"), APPEND)) {
      out.write(0);
    }
    refused("another model.start", run, true, other[0], "max-steps=2");
  }

  @Test
  void aFileThatDoesNotFitIsRefused() throws Exception {
    Path run = folder.resolve("run");
    String start = "model.start=" + torch("first.pth");
    refused(
        "holds a file of PyTorch, expected the tensors of resnet32; it lacks layer1.3.bn1.bias, ",
        run,
        false,
        start,
        "model.name=resnet32");
    Path text = Files.writeString(folder.resolve("text.pth"), "no weights at all");
    refused("model.start: " + text + ": content: expected ", run, false, "model.start=" + text);
  }

  /** timm writes the statistics of the images beside its weights. */
  @Test
  void theNormalisationOfForeignWeightsIsComparedToo() throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"pretrained_cfg\": {\"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25]}}");
    try (Warnings warnings = new Warnings(TrainingSession.class)) {
      runs.train(
          runs.data(),
          folder.resolve("run"),
          false,
          "model.start=" + torch("first.pth"),
          "max-steps=1");
      assertEquals(1, warnings.messages().size());
      String warning = warnings.messages().get(0);
      assertTrue(warning.contains("mean=[0.5, 0.5, 0.5], std=[0.25, 0.25, 0.25]"), warning);
      assertTrue(warning.contains("config.json"), warning);
    }
  }

  private void refused(String reason, Path run, boolean resume, String... overrides) {
    RequestException refusal =
        assertThrows(RequestException.class, () -> runs.train(runs.data(), run, resume, overrides));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }
}
