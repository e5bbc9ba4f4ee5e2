package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.ParameterGroup;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Groups of parameters found in a network, and runs that train some of it alone. */
final class ParameterGroupsTest {
  /** The head as ever, the last stage slower, of the rest nothing. */
  private static final String PARTLY =
      "parameters=[{match: \"fc.*\"}, {match: \"layer3.*\", rate: 0.5, decay: false},"
          + " {match: \"*\", frozen: true}]";

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  /** In all the ways in which a parameter could move: decay, averages, means over groups. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer=sgd, weight-average.decay=0.9, gradient-clip-norm=0.5",
        "optimizer=adamw, optimizer.decay-norms-and-biases=true, exchange.chunk-floats=1000",
        "optimizer=lars, exchange.chunk-floats=1000",
        "exchange.combine=bfloat16-sum, exchange.chunk-floats=1000",
        "exchange.combine={name=top-k; density=0.1}",
        "batch.micro-batches=6, exchange.groups=3, weight-average.decay=0.9,"
            + " exchange.combine={name=parameter-averaging; every-steps=2;"
            + " average-optimizer-state=true}"
      })
  void whatIsFrozenKeepsItsBitsOnAnyNumberOfExecutors(String settings) throws Exception {
    List<String> overrides = new ArrayList<>(List.of(PARTLY, "max-steps=3"));
    Stream.of(settings.split(", ")).map(each -> each.replace(';', ',')).forEach(overrides::add);
    String[] all = overrides.toArray(String[]::new);
    String one = runs.train(1, runs.data(), folder.resolve("one"), false, all).weightsSha256();
    Path run = folder.resolve("three");
    assertEquals(one, runs.train(3, runs.data(), run, false, all).weightsSha256());

    SavedModel model = ModelFolder.load(run.resolve("model").toString(), new Configuration());
    Parameters layout = Parameters.of(model.graph());
    INDArray before = layout.initialize(new Draws(1, "parameters").bits(0), DataType.FLOAT);
    for (Parameter parameter : layout.all()) {
      float[] then = layout.view(before, parameter).dup().data().asFloat();
      float[] now = layout.view(model.weights(), parameter).dup().data().asFloat();
      if (parameter.name().startsWith("fc.") || parameter.name().startsWith("layer3.")) {
        assertFalse(Arrays.equals(then, now), parameter.name());
      } else {
        assertArrayEquals(bits(then), bits(now), parameter.name());
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** Groups that say what holds anyway cut the vector and change nothing. */
  @Test
  void ratesOfOneChangeNothing() throws Exception {
    String[] plain = {"max-steps=3", "optimizer=lars"};
    String[] cut = {
      "max-steps=3", "optimizer=lars", "parameters=[{match: \"layer2.*\"}, {match: \"fc.bias\"}]"
    };
    assertEquals(
        runs.train(runs.data(), folder.resolve("plain"), false, plain).weightsSha256(),
        runs.train(runs.data(), folder.resolve("cut"), false, cut).weightsSha256());
  }

  @Test
  void goesOnFromACheckpoint() throws Exception {
    Path run = folder.resolve("run");
    String whole =
        runs.train(runs.data(), folder.resolve("whole"), false, PARTLY, "max-steps=4")
            .weightsSha256();
    runs.train(runs.data(), run, false, PARTLY, "max-steps=2");
    assertEquals(
        whole, runs.train(1, runs.data(), run, true, PARTLY, "max-steps=4").weightsSha256());
    RequestException refusal =
        assertThrows(
            RequestException.class, () -> runs.train(runs.data(), run, true, "max-steps=4"));
    assertTrue(refusal.toString().contains("parameters: [{match: "), refusal::toString);
  }

  @Test
  void theFirstPatternThatFitsCounts() {
    ParameterGroups groups =
        groups(
            new ParameterGroup("fc.weight", 2, true, false),
            new ParameterGroup("fc.*", 1, false, false),
            new ParameterGroup("layer[12].*", 1, true, true));
    Parameters layout = Parameters.of(resnet20());
    Parameter weight = layout.get("fc.weight");
    Parameter bias = layout.get("fc.bias");
    assertEquals(
        List.of(
            new ParameterGroups.Run(weight.offset(), weight.end(), 2),
            new ParameterGroups.Run(bias.offset(), bias.end(), 1)),
        groups.runs(weight.offset(), layout.trainableLength()));
    Parameter body = layout.get("layer1.0.conv1.weight");
    assertEquals(List.of(), groups.runs(body.offset(), body.end()));
    assertTrue(groups.frozen().contains(body));
    assertTrue(
        groups.decays(true).ranges().stream().noneMatch(range -> range.from() == bias.offset()));
  }

  /** Statistics follow their norm, whatever fits their names. */
  @Test
  void whatNeverMovesIsFrozenTensorsAndStatisticsOfFrozenNorms() {
    ParameterGroups groups =
        groups(
            new ParameterGroup("bn1.weight", 1, true, true),
            new ParameterGroup("layer1.0.bn1.*", 1, true, true),
            new ParameterGroup("layer2.0.bn1.running_mean", 1, true, true));
    Parameters layout = Parameters.of(resnet20());
    List<VectorLayout.Range> still = groups.vector(1000).still();
    List<String> names =
        layout.all().stream()
            .filter(
                parameter ->
                    still.contains(new VectorLayout.Range(parameter.offset(), parameter.end())))
            .map(Parameter::name)
            .toList();
    assertEquals(
        List.of(
            "bn1.weight",
            "layer1.0.bn1.weight",
            "layer1.0.bn1.bias",
            "layer1.0.bn1.running_mean",
            "layer1.0.bn1.running_var"),
        names);
  }

  @Test
  void patternsThatDoNothingAreRefused() {
    refused(
        "parameters[0].match: layr1.* fits no parameter of resnet20; did you mean layer1.*?",
        new ParameterGroup("layr1.*", 1, true, false));
    refused(
        "the names begin with bn1, conv1, fc, layer1, layer2, layer3",
        new ParameterGroup("classifier.weight.of.everything", 1, true, false));
    refused(
        "parameters[1].match: fc.bias fits only parameters that an earlier pattern has already",
        new ParameterGroup("fc.*", 1, true, false),
        new ParameterGroup("fc.bias", 1, false, false));
    refused("nothing is left to train", new ParameterGroup("*", 1, true, true));
  }

  private static void refused(String reason, ParameterGroup... stated) {
    RequestException refusal = assertThrows(RequestException.class, () -> groups(stated));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private static ParameterGroups groups(ParameterGroup... stated) {
    return new ParameterGroups(List.of(stated), resnet20());
  }

  private static Graph resnet20() {
    return Models.get("resnet20").build(Shape.of(3, 32, 32), 10);
  }
}
