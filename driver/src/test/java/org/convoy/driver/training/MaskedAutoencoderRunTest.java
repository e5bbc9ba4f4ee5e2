package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Learning to restore hidden patches, and a classifier on what was learned. */
final class MaskedAutoencoderRunTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  private static final List<String> NETWORK =
      List.of(
          "model={name: convnextv2_atto, input: [3, 64, 64]}",
          "image.train=[{random-resized-crop: {size: 64, area: [0.5, 1]}}]",
          "batch={micro-batches: 2, micro-batch-size: 8}",
          "optimizer=adamw");

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private RunSummary learn(int executors, String run, boolean resume, String... more)
      throws Exception {
    Stream<String> task =
        Stream.of(
            "task={name: masked-autoencoder, ratio: 0.5, width: 16}",
            "loss=mean-squared-error",
            "data.validation=\"\"",
            "schedule={name: constant, learning-rate: 0.001}",
            "epochs=1");
    String[] all =
        Stream.concat(NETWORK.stream(), Stream.concat(task, Stream.of(more)))
            .toArray(String[]::new);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all);
  }

  @Test
  void executorsAndResumesDoNotMatterAndAClassifierStartsFromIt() throws Exception {
    RunSummary one = learn(1, "one", false);
    // Of normalised patches the mean alone leaves an error of 1.
    assertTrue(one.trainLoss() < 1 && one.trainLoss() > 0, one::toString);
    learn(2, "resumed", false, "max-steps=6", "checkpoint.every-steps=6");
    assertEquals(one.weightsSha256(), learn(2, "resumed", true).weightsSha256());
    classifier(folder.resolve("one/model"));
  }

  private void classifier(Path saved) throws Exception {
    SavedModel autoencoder = ModelFolder.load(saved.toString(), new Configuration(false));
    assertEquals(Shape.of(3 * 32 * 32, 2, 2), autoencoder.graph().outputShape());
    assertEquals("pixel-3071", autoencoder.labels().get(3071));
    Stream<String> frozen =
        Stream.of(
            "epochs=1",
            "max-steps=2",
            "data.validation=\"\"",
            "model.start=" + saved,
            "parameters=[{match: \"head.*\"}, {match: \"*\", frozen: true}]");
    runs.train(
        1,
        runs.data(),
        folder.resolve("classifier"),
        false,
        Stream.concat(NETWORK.stream(), frozen).toArray(String[]::new));
    SavedModel classifier =
        ModelFolder.load(folder.resolve("classifier/model").toString(), new Configuration(false));
    Parameters own = Parameters.of(classifier.graph());
    Parameters layout = Parameters.of(autoencoder.graph());
    for (Parameter each : own.all()) {
      INDArray now = own.view(classifier.weights(), each);
      if (each.name().startsWith("head.")) {
        assertFalse(layout.contains(each.name()), each.name());
      } else {
        assertEquals(layout.view(autoencoder.weights(), layout.get(each.name())), now, each.name());
      }
    }
    assertNotEquals(
        1, own.view(classifier.weights(), own.get("head.norm.weight")).meanNumber().doubleValue());
    autoencoder.weights().close();
    classifier.weights().close();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    for (List<String> wrong :
        List.of(
            List.of("loss=cross-entropy", "loss.name: expected mean-squared-error"),
            List.of("data.validation=validation", "data.validation: expected \"\""),
            List.of("task.ratio=1", "task.ratio: expected more than zero and less than one"),
            List.of(
                "image.progressive=[{from-epoch: 0, size: 32}]",
                "image.progressive: expected []"))) {
      RecipeException refusal =
          assertThrows(RecipeException.class, () -> learn(1, "refused", false, wrong.get(0)));
      assertTrue(refusal.toString().contains(wrong.get(1)), refusal::toString);
    }
    RequestException network =
        assertThrows(
            RequestException.class, () -> learn(1, "refused", false, "model.name=resnet18"));
    assertTrue(network.toString().contains("got norm in bn1"), network::toString);
  }
}
