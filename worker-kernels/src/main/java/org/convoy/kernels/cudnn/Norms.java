package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * Batch, layer and group normalisation, and the forms of batch normalisation that an addition and
 * an activation are fused into.
 *
 * <p>Forward takes the moments and passes once over the input. Backward passes once for the sums
 * and once for the result. Both compute the activation's gradient on their way, unless an addend
 * needs it too: then a pass before them writes it.
 */
final class Norms {
  private final Lowering lowering;
  private final Node node;
  private final NormShape shape;
  private final double epsilon;
  private final Tensor source;
  private final Optional<Tensor> scale;
  private final Optional<Tensor> shift;
  private final Optional<Tensor> addend;
  private final int function;
  private final int within;

  private Norms(
      Lowering lowering, Node node, NormShape shape, double epsilon, boolean affine, int function) {
    this.lowering = lowering;
    this.node = node;
    this.shape = shape;
    this.epsilon = epsilon;
    this.function = function;
    this.source = lowering.input(node, 0);
    List<Parameter> parameters = lowering.parameters(node);
    this.scale = affine ? Optional.of(lowering.parameter(parameters.get(0))) : Optional.empty();
    this.shift = affine ? Optional.of(lowering.parameter(parameters.get(1))) : Optional.empty();
    this.addend =
        node.inputs().size() == 2 ? Optional.of(lowering.input(node, 1)) : Optional.empty();
    this.within = addend.isEmpty() ? function : Elementwise.NONE;
  }

  /** Means and one over the roots of variances. */
  private record Moments(Tensor mean, Tensor root) {}

  static Lowered batch(Lowering lowering, Node node, BatchNorm op) {
    NormShape shape = NormShape.batch(lowering.desc(node));
    int activation = op.activation().map(Elementwise::number).orElse(Elementwise.NONE);
    Norms norms = new Norms(lowering, node, shape, op.epsilon(), true, activation);
    boolean ofBatch = lowering.takesBatchMoments(node);
    Moments moments = ofBatch ? norms.batchMoments() : norms.runningMoments();
    Optional<BatchLines> lines =
        ofBatch && BatchLines.suit(norms.source.desc())
            ? Optional.of(norms.lines(moments))
            : Optional.empty();
    Tensor output =
        lines
            .map(each -> each.normalise(norms.addend, activation))
            .orElseGet(() -> norms.normalise(moments));
    return new Lowered(
        output,
        gradient -> {
          Tensor before = norms.gate(moments, output, gradient);
          Optional<List<Tensor>> sums =
              ofBatch ? Optional.of(norms.parameterGradients(moments, before)) : Optional.empty();
          if (lines.isEmpty()) {
            norms.backward(moments, before, sums, true);
          } else if (lowering.wantsGradient(node.inputs().get(0))) {
            Tensor result = lines.get().backward(before, sums.orElseThrow(), norms.within);
            lowering.contribute(node.inputs().get(0), result, true);
          }
        });
  }

  private BatchLines lines(Moments moments) {
    return BatchLines.of(
        lowering, source, moments.mean(), moments.root(), scale.orElseThrow(), shift.orElseThrow());
  }

  static Lowered group(Lowering lowering, Node node, GroupNorm op) {
    NormShape shape = NormShape.groups(lowering.desc(node), op.groups());
    return new Norms(lowering, node, shape, op.epsilon(), op.affine(), Elementwise.NONE)
        .perSample(op.affine());
  }

  static Lowered layer(Lowering lowering, Node node, LayerNorm op) {
    Desc desc = lowering.desc(node);
    boolean rows = op.over() == LayerNorm.Over.CHANNELS;
    if (rows && RowNorms.suit(desc)) {
      return RowNorms.lower(lowering, node, op.epsilon());
    }
    NormShape shape = rows ? NormShape.rows(desc) : NormShape.samples(desc);
    return new Norms(lowering, node, shape, op.epsilon(), true, Elementwise.NONE).perSample(true);
  }

  /** A norm whose moments are a sample's own. */
  private Lowered perSample(boolean affine) {
    Moments moments = sampleMoments();
    Tensor output = normalise(moments);
    return new Lowered(
        output,
        gradient -> {
          if (affine && lowering.trains(node)) {
            parameterGradients(moments, gradient.tensor());
          }
          if (lowering.wantsGradient(node.inputs().get(0))) {
            List<Tensor> sums = momentSums(moments, gradient.tensor());
            backward(moments, gradient.tensor(), Optional.of(sums), false);
          }
        });
  }

  private Moments allocate() {
    return new Moments(
        lowering.allocate(Desc.numbers(shape.moments())),
        lowering.allocate(Desc.numbers(shape.moments())));
  }

  /** The moments of the batch; their places in the flat gradient get them too. */
  private Moments batchMoments() {
    Desc desc = shape.desc();
    long channels = desc.channels();
    Tensor sums = sumsAboutPivot();
    Moments moments = allocate();
    List<Parameter> parameters = lowering.parameters(node);
    lowering
        .kernel("batch_moments")
        .at(source, sums, moments.mean(), moments.root())
        .at(lowering.gradient(parameters.get(2)), lowering.gradient(parameters.get(3)))
        .at(lowering.parameter(parameters.get(2)))
        .sizes(desc.rows(), channels)
        .factors(epsilon)
        .launch(channels);
    return moments;
  }

  /** Sums over each channel about its first element, then those of the squares. */
  private Tensor sumsAboutPivot() {
    Desc desc = shape.desc();
    long channels = desc.channels();
    Sums columns = new Sums(lowering, 1, desc.rows(), channels);
    Tensor both = lowering.allocate(Desc.numbers(2 * channels));
    columns.of(
        lowering.kernel("sum_moments").wide(columns.wide()),
        (kernel, to) -> kernel.at(source, to),
        2,
        List.of(Optional.of(both.part(0, channels)), Optional.of(both.part(channels, channels))));
    return both;
  }

  private Moments runningMoments() {
    List<Parameter> parameters = lowering.parameters(node);
    Tensor root = lowering.allocate(Desc.numbers(shape.moments()));
    root(lowering.parameter(parameters.get(3)), 1, root);
    return new Moments(lowering.parameter(parameters.get(2)), root);
  }

  private void root(Tensor variance, double factor, Tensor to) {
    lowering.untyped("root").at(variance, to).factors(epsilon, factor).launch(shape.moments());
  }

  /** Means first, then variances about them. */
  private Moments sampleMoments() {
    double share = 1.0 / shape.elementsPerMoment();
    Moments moments = allocate();
    Tensor sums =
        sumOverMoments(
                lowering.untyped("sum"),
                (kernel, to) -> kernel.at(source, to).sizesFrom(4, source.desc().type().ordinal()),
                1)
            .get(0);
    Elementwise.convert(lowering, sums, share, moments.mean());
    Tensor squares =
        sumOverMoments(
                lowering.kernel("sum_centred"),
                (kernel, to) -> kernel.at(source, moments.mean(), to).sizesFrom(8, shape.sizes()),
                1)
            .get(0);
    root(squares, share, moments.root());
    return moments;
  }

  /** Sums over the elements that share moments: all of a sample's, a row's, or a group's. */
  private List<Tensor> sumOverMoments(Kernel kernel, Sums.Arguments arguments, int quantities) {
    Desc desc = shape.desc();
    if (shape.momentGroup() == 0) {
      long outer = shape.moments();
      return new Sums(lowering, outer, desc.elements() / outer, 1)
          .of(kernel, arguments, quantities, List.of());
    }
    // Over the positions of a channel, then over the channels of a group.
    List<Tensor> channels =
        new Sums(lowering, desc.samples(), desc.positions(), desc.channels())
            .of(kernel, arguments, quantities, List.of());
    return channels.stream()
        .map(sums -> Sums.fold(lowering, sums, shape.moments(), shape.group(), 1, Optional.empty()))
        .toList();
  }

  private Tensor normalise(Moments moments) {
    Tensor output = lowering.allocate(shape.desc());
    lowering
        .kernel("normalise")
        .wide(shape.wide())
        .at(source, moments.mean(), moments.root())
        .maybe(scale)
        .maybe(shift)
        .maybe(addend)
        .at(output)
        .sizes(shape.sizes())
        .sizes(function)
        .launch(shape.desc().elements());
    return output;
  }

  /** The gradient before the activation where there is an addend, whose gradient it is too. */
  private Tensor gate(Moments moments, Tensor output, Gradient gradient) {
    Tensor result = gradient.tensor();
    if (function != within) {
      result = gradient.place(lowering);
      if (Elementwise.slopeShowsInResult(function)) {
        Elementwise.backward(lowering, output, gradient.tensor(), result, function, 0);
      } else {
        lowering
            .kernel("normalise_gate")
            .wide(shape.wide())
            .at(source, moments.mean(), moments.root())
            .maybe(scale)
            .maybe(shift)
            .maybe(addend)
            .at(gradient.tensor(), result)
            .sizes(shape.sizes())
            .sizes(function)
            .launch(shape.desc().elements());
      }
    }
    if (addend.isPresent() && lowering.wantsGradient(node.inputs().get(1))) {
      lowering.contribute(node.inputs().get(1), result, false);
    }
    return result;
  }

  /** Sums of the gradient, with the scale and times z, over the elements that share moments. */
  private List<Tensor> momentSums(Moments moments, Tensor gradient) {
    return sumOverMoments(
        lowering.kernel("sum_norm"),
        (kernel, to) ->
            kernel
                .at(source, moments.mean(), moments.root(), gradient, to)
                .maybe(scale)
                .sizesFrom(8, shape.sizes())
                .sizes(Elementwise.NONE),
        2);
  }

  /** The gradients of shift and scale, in this order, which are sums without the scale. */
  private List<Tensor> parameterGradients(Moments moments, Tensor gradient) {
    List<Parameter> parameters = lowering.parameters(node);
    Desc desc = shape.desc();
    boolean perElement = shape.scalePosition() != 0;
    Tensor scales = lowering.gradient(parameters.get(0));
    Tensor shifts = lowering.gradient(parameters.get(1));
    Sums sums =
        perElement
            ? new Sums(lowering, 1, desc.samples(), (long) desc.positions() * desc.channels())
            : new Sums(lowering, 1, desc.rows(), desc.channels());
    List<Tensor> results =
        sums.of(
            lowering.kernel("sum_norm").wide(sums.wide() && shape.perChannel()),
            (kernel, to) ->
                kernel
                    .at(source, moments.mean(), moments.root(), gradient, to)
                    .missing(1)
                    .maybe(scale)
                    .maybe(shift)
                    .sizesFrom(8, shape.sizes())
                    .sizes(within),
            2,
            perElement ? List.of() : List.of(Optional.of(shifts), Optional.of(scales)));
    if (perElement) {
      // The sums lie as (positions, channels), the parameters as (channels, positions).
      Box box = Box.of(desc.positions(), desc.channels());
      long[] placed = {1, desc.positions()};
      box.copy(lowering, results.get(0), new long[] {desc.channels(), 1}, shifts, placed);
      box.copy(lowering, results.get(1), new long[] {desc.channels(), 1}, scales, placed);
    }
    return results;
  }

  /**
   * @param sums of the gradient and of the gradient times z over the elements that share moments;
   *     empty where the moments do not depend on the input
   */
  private void backward(
      Moments moments, Tensor gradient, Optional<List<Tensor>> sums, boolean sumsLackScale) {
    int input = node.inputs().get(0);
    if (!lowering.wantsGradient(input)) {
      return;
    }
    Tensor result = lowering.allocate(shape.desc());
    lowering
        .kernel("norm_backward")
        .wide(shape.wide())
        .at(source, moments.mean(), moments.root())
        .maybe(scale)
        .at(gradient)
        .maybe(sums.map(all -> all.get(0)))
        .maybe(sums.map(all -> all.get(1)))
        .at(result)
        .maybe(shift)
        .sizes(shape.sizes())
        .sizes(sumsLackScale ? 1 : 0, within)
        .factors(1.0 / shape.elementsPerMoment())
        .launch(shape.desc().elements());
    lowering.contribute(input, result, true);
  }
}
