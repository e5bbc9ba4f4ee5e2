package org.convoy.driver.training;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Output;
import org.convoy.kernels.KernelThreads;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The loss of a micro-batch over all outputs of a network, and its gradient by what the plan gives.
 * Every output is compared with the same targets.
 */
final class OutputLosses implements AutoCloseable {

  /** What a teacher makes of a loss against the targets. */
  @FunctionalInterface
  interface Teaching {
    /** No teacher. */
    Teaching NONE = (hard, output, outputGradient) -> hard;

    /**
     * Adds the teacher's part.
     *
     * @param outputGradient of the loss; is changed to that of the whole
     * @return the whole loss
     */
    double teach(double hard, INDArray output, INDArray outputGradient);
  }

  private final Loss loss;
  private final List<Output> outputs;
  private final int channels;
  private final INDArray gradient;
  private final INDArray part;
  private final INDArray partGradient;

  /**
   * @param graph at the resolution of the samples
   */
  OutputLosses(Graph graph, int batch, Loss loss) {
    this.loss = loss;
    this.outputs = graph.outputs();
    this.channels = graph.outputShape().channels();
    this.gradient = Nd4j.create(DataType.FLOAT, graph.jointShape().batched(batch));
    long[] one = outputs.isEmpty() ? new long[] {1} : graph.outputShape().batched(batch);
    this.part = Nd4j.create(DataType.FLOAT, one);
    this.partGradient = Nd4j.create(DataType.FLOAT, one);
  }

  /** The gradient of the last loss by the plan's output. */
  INDArray gradient() {
    return gradient;
  }

  /**
   * Computes the loss and its gradient.
   *
   * @param output of the plan
   * @param weights of the samples
   * @param teaching adds to the loss of the main output
   * @return the weighted sum of the outputs' mean losses over the samples that count
   */
  double evaluate(INDArray output, Targets targets, SampleWeights weights, Teaching teaching) {
    if (outputs.isEmpty()) {
      double hard = hard(output, targets, weights, gradient);
      return teaching.teach(hard, output, gradient);
    }
    double sum = 0;
    for (int i = 0; i < outputs.size(); i++) {
      part.assign(columns(output, i));
      double value = hard(part, targets, weights, partGradient);
      if (i == 0) {
        value = teaching.teach(value, part, partGradient);
      }
      double weight = outputs.get(i).weight();
      columns(gradient, i).assign(partGradient.muli(weight));
      sum += weight * value;
    }
    return sum;
  }

  private INDArray columns(INDArray joint, int number) {
    int from = number * channels;
    return joint.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + channels));
  }

  private double hard(
      INDArray output, Targets targets, SampleWeights weights, INDArray outputGradient) {
    int threads = KernelThreads.count();
    double mean = loss.evaluate(output, targets, weights.each(), outputGradient, threads);
    return weights.restore(mean, outputGradient);
  }

  @Override
  public void close() {
    gradient.close();
    part.close();
    partGradient.close();
  }
}
