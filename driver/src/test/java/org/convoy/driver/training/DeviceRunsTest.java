package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.kernels.EmulatedGpu;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs whose flat vectors stay in the memory of a device end with the bytes of runs whose vectors
 * are on the host, on any number of executors and after a resume. The host takes the place of the
 * GPU, so this shows which copies and launches are made and in which order; it does not show that a
 * GPU's streams keep that order.
 */
final class DeviceRunsTest {
  /** A quarter of the data set's own pixels. */
  private static final String SMALL =
      "model.input=[3, 8, 8]; image.train=[{pad-and-crop: {size: 8, padding: 2}}]";

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private EmulatedGpu gpu;

  @BeforeEach
  void takeThePlace() {
    gpu = new EmulatedGpu();
  }

  @AfterEach
  void giveItBack() {
    gpu.close();
  }

  private String train(int executors, String run, boolean resume, String variant, String... more)
      throws Exception {
    return summary(executors, run, resume, variant, more).weightsSha256();
  }

  private RunSummary summary(
      int executors, String run, boolean resume, String variant, String... more) throws Exception {
    String[] all =
        Stream.of(
                Stream.of(
                    "backend=cudnn",
                    "data.train=validation",
                    "data.validation=\"\"",
                    "batch.micro-batch-size=2",
                    "exchange.chunk-floats=10000"),
                Stream.of(variant.split("; ")),
                Stream.of(more))
            .flatMap(each -> each)
            .toArray(String[]::new);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all);
  }

  /** The runs have one epoch of two steps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sgd   | gradient-clip-norm=0.5; lookahead={every-steps: 2}
          adamw | weight-average={decay: 0.9}; adaptive-clipping={factor: 0.02, except: ["fc.*"]}
          lamb  | parameters=[{match: "layer1.*", frozen: true}, {match: "fc.*", rate: 0.1}]
          lion  | swa={every-epochs: 1, statistics-steps: 1}
          rmsprop | image.mix=[{mixup: 0.2}]; class-weights={name: inverse-frequency, power: 0.5}
          """)
  void theBytesOfVectorsOnTheHost(String optimizer, String variant) throws Exception {
    String all = SMALL + "; optimizer=" + optimizer + "; " + variant;
    String kernel = optimizer + "_any";
    String host = onTheHost(all, kernel);
    assertEquals(host, train(1, "device", false, all, "max-steps=2"));
    assertTrue(gpu.used(kernel), kernel);
    assertTrue(gpu.used("cross_entropy_any"));
    train(3, "several", false, all, "max-steps=1");
    assertEquals(host, train(2, "several", true, all, "max-steps=2"));
  }

  /** What a run without a certain kernel ends with. */
  private String onTheHost(String variant, String kernel) throws Exception {
    gpu.vectorsOnTheHost(true);
    String weights = train(1, "host", false, variant, "max-steps=2");
    assertFalse(gpu.used(kernel), kernel);
    gpu.vectorsOnTheHost(false);
    return weights;
  }

  /** Four micro-batches in groups: sums of groups, parameters and their copies on the device. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lamb_any            | bfloat16-sum | optimizer=lamb; weight-average={decay: 0.9}
          sharpness_climb_any | auto | sharpness={radius: 0.1}
          adamw_any           | {name: parameter-averaging, every-steps: 2, average-optimizer-state: true} | optimizer=adamw; exchange.groups=4
          sharpness_climb_any | {name: post-local-sgd, every-steps: 2, after-steps: 1} | sharpness={radius: 0.5, adaptive: true}; exchange.groups=3; batch.micro-batches=6
          sgd_any             | {name: slow-momentum, every-steps: 2} | swa={every-epochs: 1, statistics-steps: 1}; exchange.groups=3; batch.micro-batches=6
          sgd_any             | {name: diloco, every-steps: 3} | gradient-clip-norm=0.5; exchange.groups=3; batch.micro-batches=3
          sgd_any             | {name: threshold, threshold: 0.001} | exchange.groups=4
          sgd_any             | {name: top-k, density: 0.1, clip-norm: 0.5} | parameters=[{match: "layer1.*", frozen: true}]; exchange.groups=3; batch.micro-batches=6
          sgd_any             | {name: power-sgd, rank: 1} | adaptive-clipping={factor: 0.02, except: ["fc.*"]}; exchange.groups=3; batch.micro-batches=6
          """)
  void everyCombination(String kernel, String combination, String variant) throws Exception {
    String all = SMALL + "; exchange.combine=" + combination + "; " + variant;
    String host = onTheHost(all, kernel);
    assertEquals(host, train(1, "device", false, all, "max-steps=2"));
    assertTrue(gpu.used(kernel), kernel);
    train(3, "several", false, all, "max-steps=1");
    assertEquals(host, train(2, "several", true, all, "max-steps=2"));
  }

  /** Batches of views and of hidden patches, whose losses are computed on the device. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nt_xent_any | task={name: contrastive, hidden: 8, features: 8}; loss=nt-xent
          consistency_any | loss=consistency; image.views=[horizontal-flip]
          mean_squared_error_any | task={name: masked-autoencoder, ratio: 0.5, width: 8}; loss=mean-squared-error; model={name: convnextv2_atto, input: [3, 64, 64]}; image.train=[{random-resized-crop: {size: 64, area: [0.5, 1]}}]; batch.micro-batches=1
          """)
  void lossesOfOtherTasks(String kernel, String variant) throws Exception {
    String all = SMALL + "; " + variant;
    String host = onTheHost(all, kernel);
    assertEquals(host, train(1, "device", false, all, "max-steps=2"));
    assertTrue(gpu.used(kernel), kernel);
  }

  /** Images that the GPU cuts, scales and mirrors are those that the host makes of the files. */
  @Test
  void theBytesOfImagesThatTheHostResizes() throws Exception {
    String crops =
        "optimizer=adan; image.train=[{resize: 20}, {random-resized-crop: {size: 16, area: [0.3, 1]}}, horizontal-flip];"
            + " image.evaluation=[{resize: 18}, {center-crop: 16}]; data.train=train;"
            + " data.validation=validation; validation.views=flip";
    RunSummary host = summary(1, "host", false, crops, "max-steps=1");
    assertFalse(gpu.used("resize_pixels_colour"));
    RunSummary there = summary(1, "gpu", false, crops, "image.resize-on=gpu", "max-steps=1");
    assertTrue(gpu.used("resize_pixels_colour"));
    assertEquals(host.weightsSha256(), there.weightsSha256());
    assertEquals(host.metrics(), there.metrics());
    assertFalse(host.metrics().isEmpty());
  }

  @Test
  void aRunThatDoesNotFitTheGpuIsRefusedAtSubmit() {
    String refusal =
        assertThrows(
                RequestException.class,
                () -> train(1, "large", false, "optimizer=adamw", "executors.gpu-mebibytes=1"))
            .toString();
    assertTrue(refusal.contains("executors.gpu-mebibytes: an executor needs"), refusal);
    assertTrue(refusal.contains("training"), refusal);
    assertTrue(refusal.contains("sums and optimizer"), refusal);
  }
}
