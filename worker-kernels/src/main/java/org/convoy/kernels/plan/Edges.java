package org.convoy.kernels.plan;

import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays on the host through which a plan and its caller exchange values, dense float32: input,
 * output and their gradients. An inference plan has no gradient of the output, and a plan that was
 * not asked for it none of the input; the array beside it stands in its place.
 */
public final class Edges implements AutoCloseable {
  private final PlanRequest request;
  private final long[] outputShape;
  private final INDArray input;
  private final INDArray output;
  private final INDArray inputGradient;
  private final INDArray outputGradient;

  /** Makes the arrays, filled with zeros. */
  public Edges(Graph graph, PlanRequest request) {
    this.request = request;
    long[] inputShape = inputShape(graph, request);
    this.outputShape = outputShape(graph, request);
    this.input = zeros(inputShape);
    this.output = zeros(outputShape);
    this.inputGradient = request.inputGradient() ? zeros(inputShape) : input;
    this.outputGradient = request.mode() == Mode.TRAINING ? zeros(outputShape) : output;
  }

  private static INDArray zeros(long[] shape) {
    return Nd4j.create(DataType.FLOAT, shape, 'c');
  }

  private static long[] inputShape(Graph graph, PlanRequest request) {
    return graph.inputShape().batched(request.batch());
  }

  private static long[] outputShape(Graph graph, PlanRequest request) {
    return graph.jointShape().batched(request.batch());
  }

  /** Bytes of the input. */
  public static long inputBytes(Graph graph, PlanRequest request) {
    return bytes(inputShape(graph, request));
  }

  /** Bytes of the output. */
  public static long outputBytes(Graph graph, PlanRequest request) {
    return bytes(outputShape(graph, request));
  }

  /** Bytes of all arrays of a plan. */
  public static long bytes(Graph graph, PlanRequest request) {
    return outputBytes(graph, request) * (request.mode() == Mode.TRAINING ? 2 : 1)
        + inputBytes(graph, request) * (request.inputGradient() ? 2 : 1);
  }

  private static long bytes(long[] shape) {
    return Arrays.stream(shape).reduce(Float.BYTES, Math::multiplyExact);
  }

  /** What the network is given. */
  public INDArray input() {
    return input;
  }

  /** What the network gives. */
  public INDArray output() {
    return output;
  }

  /** The gradient of the input, or the input. */
  public INDArray inputGradient() {
    return inputGradient;
  }

  /** The gradient of the output, or the output. */
  public INDArray outputGradient() {
    return outputGradient;
  }

  /**
   * Takes the caller's gradient of the output.
   *
   * @throws IllegalArgumentException if it has another shape than the output
   */
  public void take(INDArray gradient) {
    if (!Arrays.equals(gradient.shape(), outputShape)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the output's gradient must have the output's shape %s, got %s",
              Arrays.toString(outputShape),
              Arrays.toString(gradient.shape())));
    }
    if (gradient != outputGradient) {
      outputGradient.assign(gradient);
    }
  }

  /** Where an array's numbers lie. */
  public static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }

  /**
   * Checks a flat vector of the caller's.
   *
   * @param what its name in messages
   * @throws IllegalArgumentException if it is not dense float32 of the layout's length
   */
  public static void requireFlat(String what, INDArray vector, Parameters layout) {
    if (vector.dataType() != DataType.FLOAT
        || vector.length() != layout.length()
        || vector.isView()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected a dense FLOAT vector of %d elements, got %s of %d%s",
              what,
              layout.length(),
              vector.dataType(),
              vector.length(),
              vector.isView() ? ", a view" : ""));
    }
  }

  @Override
  public void close() {
    input.close();
    output.close();
    if (request.inputGradient()) {
      inputGradient.close();
    }
    if (request.mode() == Mode.TRAINING) {
      outputGradient.close();
    }
  }
}
