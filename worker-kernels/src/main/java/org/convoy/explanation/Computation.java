package org.convoy.explanation;

import java.util.Locale;
import org.convoy.artifact.DamagedFileException;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Frozen;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network or a part of one, computed as inference computes it: norms use their running
 * statistics. It owns a copy of its weights and the memory of its plan.
 */
final class Computation implements AutoCloseable {
  private final Plan plan;
  private final INDArray weights;
  private final int sample;
  private final int outputs;

  private Computation(Plan plan, INDArray weights) {
    this.plan = plan;
    this.weights = weights;
    this.sample = Math.toIntExact(plan.graph().inputShape().elements());
    this.outputs = Math.toIntExact(plan.graph().outputShape().elements());
    plan.bind(weights, weights);
  }

  static Computation of(ImageNetwork network, Graph part, PlanRequest request)
      throws DamagedFileException {
    Parameters layout = Parameters.of(part);
    // Frozen norms use their running statistics, and no gradient of a weight is written.
    PlanRequest frozen = request.frozen(Frozen.where(layout, tensor -> true));
    Plan plan = ModelParts.compile(network.backend(), part, frozen, network.location());
    INDArray weights = network.weightsOf(layout);
    try {
      return new Computation(plan, weights);
    } catch (RuntimeException | Error e) {
      plan.close();
      weights.close();
      throw e;
    }
  }

  /** The number of samples that are computed together. */
  int batch() {
    return plan.request().batch();
  }

  /** The number of outputs of one sample. */
  int outputs() {
    return outputs;
  }

  /** The weights of the outputs that select one of them. */
  float[] only(int output) {
    float[] weightsOfOutputs = new float[outputs];
    weightsOfOutputs[output] = 1;
    return weightsOfOutputs;
  }

  /**
   * Computes the outputs.
   *
   * @param samples at most a batch of them, one after the other
   * @return as many times {@link #outputs}
   */
  float[] forward(float[] samples) {
    int count = samples.length / sample;
    if (count * sample != samples.length || count > batch()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected 1 to %d samples of %d numbers, got %d numbers",
              batch(),
              sample,
              samples.length));
    }
    plan.input().data().asNioFloat().put(samples);
    plan.forward(0);
    float[] result = new float[count * outputs];
    plan.output().data().asNioFloat().get(result);
    return result;
  }

  /**
   * The gradient of a sum of outputs of the last forward with respect to each of its samples.
   *
   * @param weightsOfOutputs the weight of each output in the sum, the same for all samples
   * @param count the number of samples
   */
  float[] inputGradient(float[] weightsOfOutputs, int count) {
    try (INDArray gradient = Nd4j.create(DataType.FLOAT, plan.output().shape(), 'c')) {
      for (int i = 0; i < count; i++) {
        gradient.data().asNioFloat().put(i * outputs, weightsOfOutputs);
      }
      plan.backward(gradient, GradientListener.NONE);
    }
    float[] result = new float[count * sample];
    plan.inputGradient().data().asNioFloat().get(result);
    return result;
  }

  @Override
  public void close() {
    plan.close();
    weights.close();
  }
}
