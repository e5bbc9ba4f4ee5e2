package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.DropBlockSettings;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterKind;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose networks drop blocks of feature maps, or start from tensors of zeros. */
final class RegularisedNetworkTest {
  private static final String DROPPED =
      "model.drop-block={probability: 0.3, size: 2, layers: [\"layer[23].*\"]}";

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private String train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.weights(executors, folder.resolve(run), resume, overrides);
  }

  @Test
  void theSameBytesOnAnyNumberOfExecutorsAndWhereverItWasInterrupted() throws Exception {
    String end = "max-steps=" + (SmallRuns.STEPS_PER_EPOCH + 2);
    String one = train(1, "one", false, DROPPED, end);
    train(4, "four", false, DROPPED, "max-steps=" + (SmallRuns.STEPS_PER_EPOCH + 1));
    assertEquals(one, train(2, "four", true, DROPPED, end));
    assertNotEquals(one, train(2, "plain", false, end));
    Graph saved =
        ModelFolder.load(folder.resolve("four/model").toString(), new Configuration()).graph();
    assertTrue(saved.nodes().stream().noneMatch(node -> node.op() instanceof Dropout));
  }

  @Test
  void nothingIsDroppedInTheFirstEpoch() throws Exception {
    assertEquals(
        train(2, "plain", false, "max-steps=2"),
        train(2, "dropped", false, DROPPED, "max-steps=2"));
  }

  @Test
  void theProbabilityGrowsInALine() {
    DropBlockSettings settings = new DropBlockSettings(0.1, 3, List.of("*"));
    Graph graph = Models.get("resnet20").build(Shape.of(3, 16, 16), 10);
    for (int epoch = 0; epoch < 5; epoch++) {
      List<Dropout> ops =
          settings.in(graph, epoch, 5).nodes().stream()
              .map(node -> node.op())
              .flatMap(op -> op instanceof Dropout dropout ? Stream.of(dropout) : Stream.empty())
              .distinct()
              .toList();
      assertEquals(List.of(Dropout.block(epoch / 4.0 * 0.1, 3)), ops);
    }
  }

  /** Frozen, so that they are seen as they start. */
  @Test
  void tensorsStartAtZero() throws Exception {
    String match = "layer?.*.bn2.weight";
    train(
        1,
        "zero",
        false,
        "max-steps=1",
        "model.start-at-zero=[\"" + match + "\"]",
        "parameters=[{match: \"" + match + "\", frozen: true}]");
    SavedModel model =
        ModelFolder.load(folder.resolve("zero/model").toString(), new Configuration());
    Parameters layout = Parameters.of(model.graph());
    List<Parameter> norms =
        layout.all().stream().filter(each -> each.kind() == ParameterKind.NORM_SCALE).toList();
    for (Parameter norm : norms) {
      double first = layout.view(model.weights(), norm).getDouble(0);
      assertEquals(norm.name().endsWith("bn2.weight"), first == 0, norm.name());
    }
  }

  @Test
  void layersThatTheNetworkLacksAreRefused() {
    String refusal =
        assertThrows(
                RequestException.class,
                () ->
                    train(
                        1,
                        "refused",
                        false,
                        "model.drop-block={probability: 0.1, layers: [\"layer3.*\", \"layer4.*\"]}"))
            .toString();
    assertTrue(
        refusal.contains("model.drop-block.layers: expected names of batch normalisations or sums"),
        refusal);
    assertTrue(refusal.contains("resnet20, nothing matches [layer4.*]"), refusal);
  }
}
