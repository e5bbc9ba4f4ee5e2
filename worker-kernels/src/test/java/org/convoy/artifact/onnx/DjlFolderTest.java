package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.convoy.ChildJvm;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Deep Java Library loads the folder and computes the same. */
class DjlFolderTest {
  private static final int SIDE = 16;
  private static final int IMAGES = 3;

  /** DJL reports its use to its makers unless it is told not to. */
  private static final String SILENT = "-DOPT_OUT_TRACKING=true";

  private static final String OFFLINE = "-Dai.djl.offline=true";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @Test
  void djlGivesTheSameLogits() throws IOException, InterruptedException {
    Graph graph =
        Value.input(Shape.of(3, SIDE, SIDE))
            .conv("conv1", 8, 3, 2)
            .norm("bn1")
            .relu()
            .conv("conv2", 8, 3)
            .relu()
            .globalAveragePool()
            .flatten()
            .linear("fc", 4)
            .graph("small");
    try (INDArray weights = Parameters.of(graph).initialize(1, DataType.FLOAT)) {
      SavedModel model =
          new SavedModel(
              graph,
              weights,
              List.of("ant", "bee", "cat", "dog"),
              Preprocessing.named("none", "cifar10", 3, SIDE, SIDE).evaluationOnly().toJson(),
              new ModelManifest.Origin("", "test", "", Map.of()));
      OnnxFolderFormat.djl().write(model, ExportOptions.PLAIN, new LocalStore(folder), "small");
      assertArrayEquals(computed(graph, weights, images()), byDjl(), 1e-4f);
    }
  }

  /** In a process of its own: DJL has to be the first there that asks for ONNX Runtime. */
  private float[] byDjl() throws IOException, InterruptedException {
    List<String> printed =
        ChildJvm.run(Child.class, Map.of(), "-Dmodel=" + folder.resolve("small"), SILENT, OFFLINE);
    float[] logits = new float[IMAGES * 4];
    int found = 0;
    for (String line : printed) {
      if (line.startsWith(Child.LOGIT)) {
        logits[found++] = Float.parseFloat(line.substring(Child.LOGIT.length()));
      }
    }
    assertEquals(logits.length, found, () -> String.join("\n", printed));
    return logits;
  }

  private static float[] images() {
    float[] images = new float[IMAGES * 3 * SIDE * SIDE];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble(-1, 1);
    }
    return images;
  }

  /** Loads the folder in DJL and prints the logits of the images. */
  static final class Child {
    static final String LOGIT = "logit ";

    private Child() {}

    public static void main(String[] args) throws Exception {
      Criteria<NDList, NDList> criteria =
          Criteria.builder()
              .setTypes(NDList.class, NDList.class)
              .optModelPath(Path.of(System.getProperty("model", "")))
              .build();
      try (ZooModel<NDList, NDList> model = criteria.loadModel();
          Predictor<NDList, NDList> predictor = model.newPredictor();
          NDArray input =
              model
                  .getNDManager()
                  .create(
                      FloatBuffer.wrap(images()),
                      new ai.djl.ndarray.types.Shape(IMAGES, 3, SIDE, SIDE));
          NDList output = predictor.predict(new NDList(input))) {
        assertEquals("OnnxRuntime", model.getNDManager().getEngine().getEngineName());
        for (float logit : output.singletonOrThrow().toFloatArray()) {
          System.out.println(LOGIT + logit);
        }
      }
    }
  }

  private static float[] computed(Graph graph, INDArray weights, float[] images) {
    try (Plan plan = Backends.get("onednn").compile(graph, PlanRequest.inference(IMAGES))) {
      plan.bind(weights, weights);
      plan.input().data().asNioFloat().put(images);
      plan.forward(0);
      float[] logits = new float[IMAGES * 4];
      plan.output().data().asNioFloat().get(logits);
      return logits;
    }
  }
}
