package org.convoy.kernels.cudnn;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Convolution;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Window;
import org.convoy.kernels.cudnn.ConvolutionShape.Direction;

/**
 * Convolutions and what is computed as one: a linear layer is a convolution of one tap, a
 * transposed convolution the data gradient of a convolution. An engine of cuDNN's computes them
 * where there is a deterministic one, else Convoy's own kernels.
 */
final class Convolutions {
  private final Lowering lowering;
  private final Node node;
  private final ConvolutionShape shape;
  private final Parameter weight;
  private final Optional<Parameter> bias;
  private final Tensor weights;

  private Convolutions(Lowering lowering, Node node, ConvolutionShape shape, boolean biased) {
    this.lowering = lowering;
    this.node = node;
    this.shape = shape;
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = biased ? Optional.of(parameters.get(1)) : Optional.empty();
    this.weights =
        lowering.weights(weight, shape.result().channels(), shape.window().taps(), shape.depth());
  }

  static Lowered convolution(Lowering lowering, Node node, Convolution op) {
    Desc image = lowering.input(node, 0).desc();
    ConvolutionShape shape =
        new ConvolutionShape(image, lowering.desc(node), op.window(), op.groups());
    return new Convolutions(lowering, node, shape, op.bias()).lower();
  }

  static Lowered linear(Lowering lowering, Node node, Linear op) {
    Desc image = lowering.input(node, 0).desc();
    int rank = image.spatial().size();
    Window one = Window.of(Collections.nCopies(rank, 1));
    ConvolutionShape shape = new ConvolutionShape(image, lowering.desc(node), one, 1);
    return new Convolutions(lowering, node, shape, op.bias()).lower();
  }

  static Lowered transposed(Lowering lowering, Node node, TransposedConvolution op) {
    Desc result = lowering.input(node, 0).desc();
    ConvolutionShape shape =
        new ConvolutionShape(lowering.desc(node), result, op.window(), op.groups());
    return new Convolutions(lowering, node, shape, op.bias()).lowerTransposed();
  }

  private Lowered lower() {
    Tensor source = lowering.input(node, 0);
    Tensor output = lowering.allocate(shape.result());
    forward(source, output);
    addBias(output);
    return new Lowered(
        output,
        gradient -> {
          biasGradient(gradient.tensor());
          weightGradient(source, gradient.tensor());
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = lowering.allocate(shape.image());
            data(gradient.tensor(), result);
            lowering.contribute(input, result, true);
          }
        });
  }

  private Lowered lowerTransposed() {
    Tensor source = lowering.input(node, 0);
    Tensor output = lowering.allocate(shape.image());
    data(source, output);
    addBias(output);
    return new Lowered(
        output,
        gradient -> {
          biasGradient(gradient.tensor());
          weightGradient(gradient.tensor(), source);
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = lowering.allocate(shape.result());
            forward(gradient.tensor(), result);
            lowering.contribute(input, result, true);
          }
        });
  }

  private void addBias(Tensor output) {
    bias.ifPresent(
        parameter ->
            lowering
                .kernel("activate")
                .at(output, output, lowering.parameter(parameter))
                .sizes(output.desc().channels(), Elementwise.NONE)
                .launch(output.desc().elements()));
  }

  private void biasGradient(Tensor gradient) {
    if (bias.filter(lowering.flow()::trains).isPresent()) {
      Desc desc = gradient.desc();
      new Sums(lowering, 1, desc.rows(), desc.channels())
          .plain(gradient, bias.map(lowering::gradient));
    }
  }

  private void forward(Tensor image, Tensor result) {
    Optional<ConvolutionEngine> engine =
        lowering.engine(shape, Direction.FORWARD, weights.desc().type());
    if (engine.isPresent()) {
      convolve(engine.get(), Direction.FORWARD, image, weights, result);
    } else {
      lowering
          .kernel("conv_forward")
          .at(image, weights, result)
          .sizes(shape.sizes())
          .launch(result.desc().elements());
    }
  }

  private void data(Tensor result, Tensor image) {
    Optional<ConvolutionEngine> engine =
        lowering.engine(shape, Direction.DATA, weights.desc().type());
    if (engine.isPresent()) {
      convolve(engine.get(), Direction.DATA, image, weights, result);
    } else {
      lowering
          .kernel("conv_data")
          .at(result, weights, image)
          .sizes(shape.sizes())
          .launch(image.desc().elements());
    }
  }

  private void weightGradient(Tensor image, Tensor result) {
    if (!lowering.flow().trains(weight)) {
      return;
    }
    Tensor place = lowering.gradient(weight);
    int outputs = shape.result().channels();
    int taps = shape.window().taps();
    int inputs = shape.depth();
    // The place lies as (outputs, inputs, taps).
    Box box = Box.of(outputs, taps, inputs);
    long[] placed = {(long) inputs * taps, 1, taps};
    for (NumberType type : types()) {
      Optional<ConvolutionEngine> engine = lowering.engine(shape, Direction.WEIGHTS, type);
      if (engine.isPresent()) {
        boolean inPlace = type == NumberType.FLOAT32 && Lowering.inPlace(weight, taps, inputs);
        Desc desc = new Desc(type, outputs, List.of(taps), inputs);
        Tensor written = inPlace ? place : lowering.allocate(desc);
        convolve(engine.get(), Direction.WEIGHTS, image, written, result);
        if (!inPlace) {
          box.copy(lowering, written, box.dense(), place, placed);
        }
        return;
      }
    }
    long rows = shape.result().rows();
    long part = Sums.partOf(shape.weights(), rows);
    long parts = (rows + part - 1) / part;
    Tensor sums = lowering.allocate(Desc.numbers(shape.weights() * parts));
    lowering
        .kernel("conv_weights")
        .at(image, result, sums)
        .sizes(shape.sizes())
        .sizes(rows, part)
        .launch(shape.weights() * parts);
    Tensor sum = Sums.fold(lowering, sums, 1, parts, shape.weights(), Optional.empty());
    // The sum lies as (taps, inputs, outputs).
    box.copy(lowering, sum, new long[] {1, (long) inputs * outputs, outputs}, place, placed);
  }

  /** The types that a weight gradient may be written in, the best first. */
  private List<NumberType> types() {
    return lowering.type() == NumberType.FLOAT32
        ? List.of(NumberType.FLOAT32)
        : List.of(NumberType.FLOAT32, NumberType.BFLOAT16);
  }

  private void convolve(
      ConvolutionEngine engine, Direction direction, Tensor image, Tensor written, Tensor result) {
    Optional<Tensor> workspace =
        engine.workspaceBytes() == 0
            ? Optional.empty()
            : Optional.of(
                lowering.allocate(
                    Desc.numbers((engine.workspaceBytes() + Float.BYTES - 1) / Float.BYTES)));
    lowering.add(
        new Step.Convolve(
            node.name() + " " + direction.word(), engine, image, written, result, workspace));
  }
}
