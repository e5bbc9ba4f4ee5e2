package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a network with auxiliary classifiers. */
final class AuxiliaryOutputsTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private String train(int executors, String run, boolean resume, String... more) throws Exception {
    Stream<String> network =
        Stream.of(
            "model.name=googlenet",
            "model.input=[3, 32, 32]",
            "batch.micro-batches=2",
            "batch.micro-batch-size=2",
            "max-steps=1",
            "image.train=[{resize: 32}]",
            "image.evaluation=[{resize: 32}]");
    String[] all = Stream.concat(network, Stream.of(more)).toArray(String[]::new);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all).weightsSha256();
  }

  @Test
  void theSavedModelIsTheMainNetworkAndItsBytesDoNotDependOnExecutors() throws Exception {
    String helped = "model.auxiliary-weight=0.3";
    String one = train(1, "one", false, helped);
    assertEquals(one, train(2, "two", false, helped, "data.validation=\"\""));
    Path saved = folder.resolve("one/model");
    SavedModel model = ModelFolder.load(saved.toString(), new Configuration(false));
    model.weights().close();
    int classes = model.labels().size();
    assertEquals(Models.get("googlenet").build(Shape.of(3, 32, 32), classes), model.graph());
    // A saved model has no auxiliary classifiers: a run that starts from it draws them.
    String start = "model.start=" + saved;
    assertNotEquals(one, train(1, "again", false, helped, start, "data.validation=\"\""));
  }

  @Test
  void aNetworkWithoutAuxiliaryClassifiersIsRefused() {
    RequestException refusal =
        assertThrows(
            RequestException.class,
            () ->
                runs.train(
                    1,
                    runs.data(),
                    folder.resolve("refused"),
                    false,
                    "model.auxiliary-weight=0.3"));
    assertTrue(refusal.toString().contains("resnet20 has no auxiliary"), refusal::toString);
  }
}
