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
import org.convoy.kernels.plan.Chain;

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

  private Convolutions(Lowering lowering, Node node, ConvolutionShape shape, boolean biased) {
    this.lowering = lowering;
    this.node = node;
    this.shape = shape;
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = biased ? Optional.of(parameters.get(1)) : Optional.empty();
  }

  static Lowered convolution(Lowering lowering, Node node, Convolution op) {
    Desc image = lowering.input(node, 0).desc();
    ConvolutionShape shape =
        new ConvolutionShape(image, lowering.desc(node), op.window(), op.groups());
    return new Convolutions(lowering, node, shape, op.bias()).lower();
  }

  /** A convolution without a backward pass, and what is computed in the same pass. */
  static Lowered chain(Lowering lowering, Chain chain) {
    Node node = chain.convolution();
    Convolution op = (Convolution) node.op();
    Desc image = lowering.input(node, 0).desc();
    ConvolutionShape shape =
        new ConvolutionShape(image, lowering.desc(node), op.window(), op.groups());
    return new Convolutions(lowering, node, shape, op.bias()).lower(chain);
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

  private Lowered lower(Chain chain) {
    Optional<FoldedWeights> folded =
        chain.norm().map(norm -> FoldedWeights.of(lowering, shape, weight, bias, norm));
    Tensor weights = folded.isPresent() ? byTap(folded.get().weights()) : weights();
    Optional<Tensor> added =
        folded.map(FoldedWeights::bias).or(() -> bias.map(lowering::parameter));
    Optional<Tensor> addend =
        chain.addend().isPresent()
            ? Optional.of(lowering.output(chain.addend().getAsInt()))
            : Optional.empty();
    Tensor output = lowering.allocate(shape.result());
    forward(lowering.input(node, 0), weights, output, new After(added, addend, chain.activation()));
    return new Lowered(
        output,
        gradient -> {
          throw new IllegalStateException("a chain has no backward pass: " + node.name());
        });
  }

  private Lowered lower() {
    Tensor source = lowering.input(node, 0);
    Tensor weights = weights();
    Tensor output = lowering.allocate(shape.result());
    forward(source, weights, output, After.bias(bias.map(lowering::parameter)));
    return new Lowered(
        output,
        gradient -> {
          biasGradient(gradient.tensor());
          weightGradient(source, gradient.tensor());
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = lowering.allocate(shape.image());
            data(gradient.tensor(), weights, result);
            lowering.contribute(input, result, true);
          }
        });
  }

  private Tensor weights() {
    int outputs = shape.result().channels();
    int taps = shape.window().taps();
    return wide()
        ? lowering.depthwiseWeights(weight, outputs, taps)
        : lowering.weights(weight, outputs, taps, shape.depth());
  }

  /** Whether kernels compute eight channels at an index, with weights that lie by tap. */
  private boolean wide() {
    return shape.depthwise() && shape.image().wide();
  }

  /** Weights that lie by channel as {@link #weights} has them. */
  private Tensor byTap(Tensor weights) {
    return wide()
        ? lowering.byTap(weights, shape.result().channels(), shape.window().taps())
        : weights;
  }

  /** Convoy's kernel for a direction. */
  private Kernel own(String direction) {
    return lowering.kernel(wide() ? "depthwise_" + direction : "conv_" + direction).wide(wide());
  }

  private Lowered lowerTransposed() {
    Tensor source = lowering.input(node, 0);
    Tensor weights = weights();
    Tensor output = lowering.allocate(shape.image());
    data(source, weights, output);
    After.bias(bias.map(lowering::parameter)).apply(lowering, output);
    return new Lowered(
        output,
        gradient -> {
          biasGradient(gradient.tensor());
          weightGradient(gradient.tensor(), source);
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = lowering.allocate(shape.result());
            forward(gradient.tensor(), weights, result, After.bias(Optional.empty()));
            lowering.contribute(input, result, true);
          }
        });
  }

  private void biasGradient(Tensor gradient) {
    if (bias.filter(lowering.flow()::trains).isPresent()) {
      Desc desc = gradient.desc();
      new Sums(lowering, 1, desc.rows(), desc.channels())
          .plain(gradient, bias.map(lowering::gradient));
    }
  }

  /** By one engine with all that follows, by an engine and a pass, or by Convoy's own kernel. */
  private void forward(Tensor image, Tensor weights, Tensor result, After after) {
    Optional<Epilogue> epilogue = after.epilogue();
    if (epilogue.isPresent()
        && engine(Direction.FORWARD, epilogue.get(), after.behind(image, weights, result))) {
      return;
    }
    if (engine(Direction.FORWARD, Epilogue.NONE, List.of(image, weights, result))) {
      after.apply(lowering, result);
      return;
    }
    own("forward")
        .at(image, weights, result)
        .maybe(after.bias())
        .maybe(after.addend())
        .sizes(shape.sizes())
        .sizes(after.function())
        .factors(after.alpha())
        .launch(result.desc().elements());
  }

  private void data(Tensor result, Tensor weights, Tensor image) {
    if (!engine(Direction.DATA, Epilogue.NONE, List.of(image, weights, result))) {
      own("data").at(result, weights, image).sizes(shape.sizes()).launch(image.desc().elements());
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
      boolean inPlace = type == NumberType.FLOAT32 && Lowering.inPlace(weight, taps, inputs);
      Desc desc = new Desc(type, outputs, List.of(taps), inputs);
      Tensor written = inPlace ? place : lowering.allocate(desc);
      if (engine(Direction.WEIGHTS, Epilogue.NONE, List.of(image, written, result))) {
        if (!inPlace) {
          box.copy(lowering, written, box.dense(), place, placed);
        }
        return;
      }
    }
    long rows = shape.result().rows();
    long part = Sums.partOf(shape.weights() / (wide() ? Kernel.WIDTH : 1), rows);
    long parts = (rows + part - 1) / part;
    Tensor sums = lowering.allocate(Desc.numbers(shape.weights() * parts));
    own("weights")
        .at(image, result, sums)
        .sizes(shape.sizes())
        .sizes(rows, part)
        .launch(shape.weights() * parts);
    Tensor sum = Sums.fold(lowering, sums, 1, parts, shape.weights(), Optional.empty());
    // The sum lies as (taps, inputs, outputs).
    box.copy(lowering, sum, new long[] {1, (long) inputs * outputs, outputs}, place, placed);
  }

  /**
   * The types that a weight gradient may be written in, the best first. In bfloat16 it is rounded
   * before it is added to float32, as PyTorch's autocast does it: engines that write float32 take
   * ten times as long on an H200.
   */
  private List<NumberType> types() {
    return lowering.type() == NumberType.FLOAT32
        ? List.of(NumberType.FLOAT32)
        : List.of(NumberType.BFLOAT16, NumberType.FLOAT32);
  }

  /**
   * Whether engines are left out: of depthwise convolutions, and where they are wrong. cuDNN 9.19
   * computes a wrong gradient of a grouped convolution's weights over three dimensions in bfloat16,
   * seen on an H200.
   */
  private boolean withoutEngines(Direction direction) {
    boolean wrong =
        direction == Direction.WEIGHTS
            && lowering.type() == NumberType.BFLOAT16
            && shape.groups() > 1
            && shape.window().rank() == 3;
    return shape.depthwise() || wrong;
  }

  /** Adds a run of an engine, if there is one. */
  private boolean engine(Direction direction, Epilogue epilogue, List<Tensor> places) {
    if (withoutEngines(direction)) {
      return false;
    }
    NumberType type = places.get(1).desc().type();
    Work work = new Work.Convolution(shape, direction, type, epilogue);
    String word = direction.word();
    if (!epilogue.equals(Epilogue.NONE)) {
      word += " with " + epilogue.word();
    }
    if (direction == Direction.WEIGHTS && type == NumberType.BFLOAT16) {
      word += " in bfloat16";
    }
    Optional<Engine> engine = lowering.engine(word, work);
    if (engine.isPresent()) {
      lowering.run(word, work, engine.get(), places);
    }
    return engine.isPresent();
  }
}
