package org.convoy.kernels;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph, mostly of one op, and a batch to run it on. Its numbers are drawn from its own text and
 * {@link #SEED}, and are float32 numbers, so that every precision starts from the same.
 */
record Case(Graph graph, int batch) {
  static final long SEED = Long.getLong("seed", 20_260_101L);

  /** A network of one input, for a few images. */
  static Case of(String name, Shape image, UnaryOperator<Value> network) {
    return new Case(network.apply(Value.input(image)).graph(name), 3);
  }

  Parameters layout() {
    return Parameters.of(graph);
  }

  PlanRequest training(Precision precision) {
    return PlanRequest.training(batch).withInputGradient().precision(precision);
  }

  PlanRequest inference(Precision precision) {
    return PlanRequest.inference(batch).precision(precision);
  }

  INDArray input(DataType type) {
    return tensor("input", graph.inputShape().batched(batch)).castTo(type);
  }

  /** A gradient of the output. */
  INDArray slope(DataType type) {
    return tensor("slope", graph.outputShape().batched(batch)).castTo(type);
  }

  /** The flat vector: weights small enough to keep sums near 1, scales and variances positive. */
  INDArray parameters(DataType type) {
    Parameters layout = layout();
    INDArray flat = Nd4j.create(DataType.FLOAT, layout.length());
    for (Parameter tensor : layout.all()) {
      INDArray values = tensor(tensor.name(), tensor.shape().toArray());
      switch (tensor.kind()) {
        case WEIGHT -> {
          double fanIn = (double) tensor.length() / tensor.shape().dimension(0);
          values.muli(Math.sqrt(1 / fanIn));
        }
        case NORM_SCALE -> values.muli(0.25).addi(1);
        case RUNNING_STATISTIC -> values.muli(0.25).addi(tensor.name().endsWith("var") ? 1 : 0);
        case BIAS, NORM_SHIFT, SLOPE -> values.muli(0.5);
      }
      layout.view(flat, tensor).assign(values);
    }
    return flat.castTo(type);
  }

  /** Uniform in (-1.7, 1.7), of variance 1 nearly. */
  INDArray tensor(String name, long... shape) {
    return Draw.uniform(SEED, graph.name() + "/" + batch + "/" + name, 1.7, shape);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, batch %d, seed %d", graph.name(), batch, SEED);
  }
}
