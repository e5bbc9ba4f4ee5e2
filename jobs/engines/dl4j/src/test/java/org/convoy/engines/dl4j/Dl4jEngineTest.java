package org.convoy.engines.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.engine.Convoy;
import org.convoy.driver.engine.Dl4jAveraging;
import org.convoy.driver.engine.Dl4jSharing;
import org.convoy.driver.engine.Engine;
import org.convoy.driver.engine.EngineData;
import org.convoy.driver.engine.EngineRun;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.optim.Adamw;
import org.convoy.optim.Cosine;
import org.convoy.optim.Horizon;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Schedule;
import org.convoy.optim.Sgd;
import org.convoy.rivals.dl4j.Dl4jNetwork;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** DL4J's masters on Spark in this process, against DL4J's own fit of the same global batches. */
final class Dl4jEngineTest {
  private static final int GLOBAL_BATCH = 16;
  private static final int CLASSES = 10;
  private static final int STEPS = 4;

  /** Rates that rise in the warm-up and fall then. */
  private static final Schedule SCHEDULE = new Cosine(0.05, 0.5, 0);

  private static final Sgd SGD = new Sgd(0.9, true, 0.001, false);

  /** Images whose brightness is their class, drawn by the number of the step and the image. */
  private static final class Drawn implements EngineData {
    private static final long serialVersionUID = 1L;

    @Override
    public Part load(long step, int part, int parts) {
      int count = GLOBAL_BATCH / parts;
      Draws draws = new Draws(7, "images");
      INDArray images = Nd4j.create(DataType.FLOAT, new long[] {count, 3, 32, 32}, 'c');
      INDArray targets = Nd4j.create(DataType.FLOAT, new long[] {count, CLASSES}, 'c');
      for (int i = 0; i < count; i++) {
        int label =
            (int) Math.floorMod(draws.bits(step * GLOBAL_BATCH + part * count + i), CLASSES);
        images.slice(i).assign(label / (double) CLASSES - 0.5);
        targets.putScalar(i, label, 1);
      }
      return new Part(images, targets);
    }
  }

  private static float[] trained(Engine engine, Graph graph, int workers, long steps) {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[" + workers + "]")
            .setAppName("engine")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.ui.enabled", "false");
    try (JavaSparkContext spark = new JavaSparkContext(conf);
        INDArray first = Parameters.of(graph).initialize(1, DataType.FLOAT)) {
      EngineRun run =
          new EngineRun(
              engine,
              graph,
              first,
              SGD,
              SCHEDULE,
              new Horizon(steps, 1),
              1,
              workers,
              GLOBAL_BATCH / workers,
              new Drawn());
      ForeignEngine found = ForeignEngine.of(engine);
      found.check(graph, SGD);
      try (ForeignEngine.Session session = found.open(run);
          INDArray result = Nd4j.create(DataType.FLOAT, first.length())) {
        for (long step = 0; step < steps; step += session.stepsAtOnce()) {
          double loss = session.train(step, Math.min(steps, step + session.stepsAtOnce()));
          assertTrue(loss > 0 && loss < 100, "loss " + loss);
        }
        session.copyTo(result);
        return result.data().asFloat();
      }
    }
  }

  private static float[] fitted(Graph graph) {
    Parameters layout = Parameters.of(graph);
    try (INDArray first = layout.initialize(1, DataType.FLOAT)) {
      Dl4jNetwork network =
          new Dl4jNetwork(
              graph,
              new Nesterovs(new RunRates(SCHEDULE, new Horizon(STEPS, 1), 0), SGD.momentum()),
              SGD.weightDecay(),
              0,
              (parameter, values) ->
                  values.put(layout.view(first, parameter).dup('c').data().asFloat()));
      for (int step = 0; step < STEPS; step++) {
        EngineData.Part part = new Drawn().load(step, 0, 1);
        network.network().fit(new DataSet(part.images(), part.targets()));
      }
      network.read(
          (parameter, values) -> {
            INDArray view = layout.view(first, parameter);
            view.assign(Nd4j.createFromArray(values).reshape('c', view.shape()));
          });
      return first.data().asFloat();
    }
  }

  /**
   * With momentum, whose state has to travel: the mean of two workers is the whole batch's step.
   */
  @Test
  void aMeanInEachStepIsTheStepOfTheGlobalBatch() {
    Graph graph = Models.get("lenet5").build(Shape.of(3, 32, 32), CLASSES);
    float[] expected = fitted(graph);
    assertArrayEquals(expected, trained(new Dl4jAveraging(1), graph, 1, STEPS), 1e-5f);
    assertArrayEquals(expected, trained(new Dl4jAveraging(1), graph, 2, STEPS), 1e-4f);
  }

  /** Driver and workers are one process here; executors of their own take the same path. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void sharedUpdatesArriveAtTheDriver() {
    Graph graph = Models.get("lenet5").build(Shape.of(3, 32, 32), CLASSES);
    float[] first = Parameters.of(graph).initialize(1, DataType.FLOAT).data().asFloat();
    float[] last = trained(new Dl4jSharing(1e-4), graph, 1, STEPS);
    double moved = 0;
    for (int i = 0; i < first.length; i++) {
      assertTrue(Float.isFinite(last[i]), "element " + i);
      moved += Math.abs(last[i] - first[i]);
    }
    assertTrue(moved / first.length > 1e-6, "moved by " + moved / first.length + " on average");
  }

  @Test
  void whatDl4jCannotExpressIsRefusedByName() {
    Dl4jEngine engine = new Dl4jEngine();
    Graph unknown = Models.get("convnext_tiny").build(Shape.of(3, 32, 32), CLASSES);
    String op = assertThrows(RequestException.class, () -> engine.check(unknown, SGD)).toString();
    assertTrue(op.contains("model.name: DL4J: "), op);
    Graph norms = Models.get("resnet20").build(Shape.of(3, 32, 32), CLASSES);
    engine.check(norms, SGD);
    assertRefused("optimizer.name", norms, new Adamw(0.9, 0.999, 1e-8, 0, false));
    assertRefused("optimizer.nesterov", norms, new Sgd(0.9, false, 0, false));
    assertRefused("optimizer.decay-norms-and-biases", norms, new Sgd(0.9, true, 0.1, true));
  }

  private static void assertRefused(String key, Graph graph, Optimizer optimizer) {
    String message =
        assertThrows(RequestException.class, () -> new Dl4jEngine().check(graph, optimizer))
            .toString();
    assertTrue(message.contains(key + ": expected"), message);
  }

  @Test
  void onlyDl4jsEnginesAreTaken() {
    assertTrue(new Dl4jEngine().is(new Dl4jAveraging(5)));
    assertFalse(new Dl4jEngine().is(new Convoy()));
  }
}
