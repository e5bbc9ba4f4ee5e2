package org.convoy.rivals.dl4j;

import java.io.IOException;
import java.util.Arrays;
import org.convoy.graph.Graph;
import org.convoy.jobs.rivals.Contender;
import org.convoy.jobs.rivals.ContenderLoop;
import org.convoy.jobs.rivals.InitialTensors;
import org.convoy.jobs.rivals.MadeUpBatch;
import org.convoy.jobs.rivals.Task;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A step as DL4J's users write it: {@code fit} of a data set, or {@code output}, in workspaces. */
public final class Dl4jContender implements Contender {
  private final boolean training;
  private final Dl4jNetwork network;
  private final INDArray images;
  private final INDArray labels;

  private Dl4jContender(Task task) {
    if (task.precision() != Task.Precision.FLOAT32) {
      throw new UnsupportedOperationException("DL4J: expected float32, got " + task.precision());
    }
    Graph graph = Graph.fromJson(task.graph());
    this.training = task.mode() == Task.Mode.TRAINING;
    this.network =
        new Dl4jNetwork(
            graph,
            new Nesterovs(task.learningRate(), Task.MOMENTUM),
            Task.WEIGHT_DECAY,
            0,
            new InitialTensors(graph)::fill);
    this.images =
        Nd4j.createUninitialized(DataType.FLOAT, graph.inputShape().batched(task.batch()), 'c');
    MadeUpBatch.fill(images.data().asNioFloat());
    int classes = graph.outputShape().channels();
    this.labels = Nd4j.create(DataType.FLOAT, task.batch(), classes);
    int[] targets = MadeUpBatch.labels(task.batch(), classes);
    for (int n = 0; n < targets.length; n++) {
      labels.putScalar(n, targets[n], 1);
    }
  }

  /** The process's main method, see {@link ContenderLoop}. */
  public static void main(String[] arguments) throws IOException {
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    ContenderLoop.run(Dl4jContender::new, "workspaces");
  }

  @Override
  public float[] infer() {
    return network.logits(images);
  }

  @Override
  public void step() {
    if (training) {
      network.network().fit(new DataSet(images, labels));
    } else {
      network.network().outputSingle(images).close();
    }
  }

  /** DL4J's score without the L2 penalty, which an update of small rate hardly changes. */
  @Override
  public double loss() {
    ComputationGraph graph = network.network();
    double penalty = Arrays.stream(graph.getLayers()).mapToDouble(Dl4jContender::penalty).sum();
    return graph.score() - penalty;
  }

  private static double penalty(Layer layer) {
    return layer.calcRegularizationScore(true);
  }

  @Override
  public void close() {
    network.network().close();
    images.close();
    labels.close();
  }
}
