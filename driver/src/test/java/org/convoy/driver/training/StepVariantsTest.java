package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Parameters;
import org.convoy.optim.Horizon;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs whose steps do more than an optimizer's: second passes, slow weights, unit-wise clipping.
 */
final class StepVariantsTest {
  private static final String SWA = "swa={every-epochs: 1, statistics-steps: 2}";

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private String train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.weights(executors, folder.resolve(run), resume, overrides);
  }

  /** Interrupted in an epoch, behind the first weights of the average. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sharpness={radius: 0.5, adaptive: true}; adversarial={name: pgd, steps: 2}",
        "lookahead={every-steps: 2, power: 3}; validation={statistics-steps: 2, views: shifts}",
        "lookahead={every-steps: 2}; adaptive-clipping={factor: 0.02, except: [\"fc.*\"]}; " + SWA
      })
  void theSameBytesOnAnyNumberOfExecutorsAndAfterAResume(String variant) throws Exception {
    int last = SmallRuns.STEPS_PER_EPOCH + 2;
    String[] all = (variant + "; exchange.chunk-floats=10000; max-steps=" + last).split("; ");
    String one = train(1, "one", false, all);
    String[] shorter = all.clone();
    shorter[all.length - 1] = "max-steps=" + (last - 1);
    train(4, "four", false, shorter);
    assertEquals(one, train(3, "four", true, all));
  }

  @Test
  void eachVariantTakesOtherSteps() throws Exception {
    String few = "max-steps=2";
    List<String> weights =
        List.of(
            train(2, "plain", false, few),
            train(2, "sharp", false, few, "sharpness={radius: 0.05}"),
            train(2, "adaptive", false, few, "sharpness={radius: 0.05, adaptive: true}"),
            train(2, "attacked", false, few, "adversarial=fgsm"),
            train(2, "slow", false, few, "lookahead={every-steps: 2}"),
            train(2, "clipped", false, few, "adaptive-clipping={factor: 0.02}"));
    assertEquals(weights.size(), weights.stream().distinct().count());
    assertEquals(
        weights.get(0),
        train(
            2,
            "off",
            false,
            few,
            "adaptive-clipping={factor: 1000000}",
            "lookahead={every-steps: 4}",
            "rate-batch=24"));
  }

  /** They are those of the parameters, and the views change no weight. */
  @Test
  void statisticsAreComputedAnewOnRequest() throws Exception {
    train(2, "plain", false, "max-steps=3");
    train(2, "fresh", false, "max-steps=3", "validation={statistics-steps: 2, views: flip}");
    Parameters layout = Parameters.of(model("plain").graph());
    long trained = layout.trainableLength();
    INDArray plain = weights("plain");
    INDArray fresh = weights("fresh");
    assertEquals(part(plain, 0, trained), part(fresh, 0, trained));
    INDArray difference =
        part(plain, trained, layout.length()).sub(part(fresh, trained, layout.length()));
    assertTrue(difference.amaxNumber().doubleValue() > 1e-3, difference::toString);
  }

  /** After one epoch the mean is the weights themselves; their statistics are new. */
  @Test
  void averagedWeightsHaveStatisticsOfTheirOwn() throws Exception {
    String last = "max-steps=" + SmallRuns.STEPS_PER_EPOCH;
    train(2, "plain", false, last);
    train(2, "mean", false, last, SWA);
    INDArray plain = weights("plain");
    INDArray mean = weights("mean");
    Parameters layout = Parameters.of(model("mean").graph());
    long trained = layout.trainableLength();
    assertEquals(part(plain, 0, trained), part(mean, 0, trained));
    INDArray difference =
        part(plain, trained, layout.length()).sub(part(mean, trained, layout.length()));
    assertTrue(difference.amaxNumber().doubleValue() > 1e-3, difference::toString);
  }

  private SavedModel model(String run) throws Exception {
    return ModelFolder.load(folder.resolve(run + "/model").toString(), new Configuration());
  }

  private INDArray weights(String run) throws Exception {
    return model(run).weights();
  }

  private static INDArray part(INDArray vector, long from, long to) {
    return vector.get(NDArrayIndex.interval(from, to));
  }

  @Test
  void theRateFollowsTheGlobalBatchOnRequest() {
    Horizon horizon = new Horizon(10, 2);
    Recipe stated = SmallRuns.recipe(runs.data());
    Recipe scaled = SmallRuns.recipe(runs.data(), "rate-batch=256");
    for (long step = 0; step < horizon.steps(); step++) {
      assertEquals(
          stated.learningRate(horizon).at(step) * 24 / 256,
          scaled.learningRate(horizon).at(step),
          1e-15);
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    refused("expected less than the run's 2 epochs, got 2", "swa={every-epochs: 1, from-epoch: 2}");
    refused("only one mean can be saved", "swa.every-epochs=1", "weight-average.decay=0.9");
    refused(
        "adaptive-clipping.except: head.* fits no parameter of resnet20",
        "adaptive-clipping={factor: 0.1, except: [\"head.*\"]}");
    refused("expected patterns with each [ closed", "adaptive-clipping.except=[\"fc[\"]");
  }

  private void refused(String reason, String... overrides) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                train(
                    1,
                    "refused",
                    false,
                    Stream.concat(Stream.of(overrides), Stream.of("max-steps=1"))
                        .toArray(String[]::new)));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }
}
