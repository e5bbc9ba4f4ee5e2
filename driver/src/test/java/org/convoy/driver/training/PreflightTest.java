package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.checkpoint.CheckpointPart;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunPosition;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.data.DataSetException;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** What is found wrong with a request before there is a Spark; data set and folders are real. */
final class PreflightTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void makeData() throws IOException {
    for (String split : List.of("train", "validation")) {
      Path classFolder = folder.resolve("data").resolve(split).resolve("ring");
      Files.createDirectories(classFolder);
      Files.writeString(classFolder.resolve("1.jpg"), "an image");
    }
  }

  @Test
  void aFreshRunOnDataThatIsThereMayBegin() throws Exception {
    check(recipe(), false);
    check(recipe("data.validation="), false);
    // A first attempt that came to no checkpoint has nothing to go on from, and begins.
    check(recipe(), true);
  }

  @Test
  void moreExecutorsThanMicroBatchesAreRefused() {
    refused(
        "--executors is 5, expected 1 to 4",
        () -> Preflight.check(recipe(), new TrainingRequest(out(), 5, false), HADOOP));
  }

  @Test
  void dataThatIsNotThereIsNamed() {
    missing("/no/such", recipe("data.uri=/no/such"));
    missing("trian", recipe("data.train=trian"));
    missing("val", recipe("data.validation=val"));
  }

  @Test
  void aFolderWithARunIsNotSpoilt() throws Exception {
    checkpoint(7, recipe());
    refused("holds a run of 7 steps already: give --resume", () -> check(recipe(), false));
    check(recipe(), true);
  }

  @Test
  void aFolderWithAModelIsNotSpoilt() throws Exception {
    Files.createDirectories(folder.resolve("out/model"));
    refused("holds a model already", () -> check(recipe(), false));
  }

  @Test
  void aRunGoesOnWithItsOwnRecipeAlone() throws Exception {
    checkpoint(7, recipe());
    refused(
        "optimizer.momentum: 0.9 there, 0.5 here",
        () -> check(recipe("optimizer.momentum=0.5"), true));
    // What cannot influence the result may be another.
    check(recipe("monitor.progress-seconds=3"), true);
  }

  @Test
  void aDamagedCheckpointDoesNotHideTheOneBefore() throws Exception {
    checkpoint(7, recipe());
    checkpoint(9, recipe("seed=3"));
    Files.writeString(folder.resolve("out/checkpoints/step-00000009/manifest.json"), "{}");
    check(recipe(), true);
    refused("step-00000007", () -> check(recipe("seed=3"), true));
  }

  private interface Check {
    void run() throws Exception;
  }

  private static void refused(String reason, Check check) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, check::run);
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private void missing(String name, Recipe recipe) {
    DataSetException refusal = assertThrows(DataSetException.class, () -> check(recipe, false));
    assertTrue(refusal.toString().contains(name), refusal::toString);
  }

  private void check(Recipe recipe, boolean resume) throws IOException {
    Preflight.check(recipe, new TrainingRequest(out(), 2, resume), HADOOP);
  }

  private String out() {
    return folder.resolve("out").toUri().toString();
  }

  private Recipe recipe(String... overrides) {
    List<String> all = new ArrayList<>(List.of("data.uri=" + folder.resolve("data")));
    all.addAll(List.of(overrides));
    return new RecipeLoader()
        .parse(
            """
            model { name = resnet20 }
            batch { micro-batches = 4, micro-batch-size = 8 }
            data { train = train, validation = validation }
            """,
            "test",
            all);
  }

  /** A checkpoint of a tiny network, as a run of one executor leaves it. */
  private void checkpoint(long step, Recipe recipe) throws IOException {
    Parameters layout = Parameters.of(Value.input(Shape.of(3)).linear("fc", 2).graph("tiny"));
    Checkpoints checkpoints =
        new Checkpoints(new HadoopStore(HADOOP, new org.apache.hadoop.fs.Path(out())), 3);
    List<CheckpointPart> parts =
        List.of(
            checkpoints.writeParameters(step, layout, layout.initialize(1, DataType.FLOAT)),
            checkpoints.writeState(step, 0, 1, Map.of()));
    ObjectMapper json = new ObjectMapper();
    ObjectNode progress = json.createObjectNode();
    progress.set(StateFiles.RECIPE, json.readTree(recipe.toJson()));
    checkpoints.commit(
        new RunPosition(
            step, 0, 1, "test", recipe.digest(), "data", 1, 100, layout.length(), progress),
        parts);
  }
}
