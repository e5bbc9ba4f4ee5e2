package org.convoy.kernels.cudnn;

import java.util.Optional;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Node;
import org.convoy.kernels.DropoutMask;

/**
 * Dropout: the mask is drawn on the device by the counters of {@link DropoutMask}, and each
 * direction is one product with it.
 */
final class Dropouts {
  private Dropouts() {}

  static Lowered lower(Lowering lowering, Node node, Dropout op) {
    if (!lowering.training() || op.probability() == 0) {
      return Elementwise.unchanged(lowering, node);
    }
    Tensor source = lowering.input(node, 0);
    Elementwise.Factors factors =
        switch (op.kind()) {
          case BLOCK -> blocks(lowering, node, op, source.desc());
          case PATCH -> patches(lowering, op, source.desc());
          case ELEMENT, CHANNEL, SAMPLE -> single(lowering, node, op, source.desc());
        };
    Tensor output = lowering.allocate(source.desc());
    factors.apply(lowering, source, output);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = gradient.place(lowering);
            factors.apply(lowering, gradient.tensor(), result);
            lowering.contribute(input, result, true);
          }
        });
  }

  private static Elementwise.Factors single(Lowering lowering, Node node, Dropout op, Desc desc) {
    boolean perElement = op.kind() == Dropout.Kind.ELEMENT;
    boolean perSample = op.kind() == Dropout.Kind.SAMPLE;
    long channels = perSample ? 1 : desc.channels();
    long positions = perElement ? desc.positions() : 1;
    Tensor mask = lowering.allocate(Desc.numbers(desc.samples() * channels * positions));
    lowering
        .untyped("mask")
        .at(lowering.drawKey(), mask)
        .sizes(hash(node), Double.doubleToRawLongBits(op.probability()), channels, positions)
        .factors((float) (1 / (1 - op.probability())))
        .launch(mask.desc().elements());
    return new Elementwise.Factors(
        mask, channels * positions, perElement ? channels : 0, perSample ? 0 : 1);
  }

  private static Elementwise.Factors blocks(Lowering lowering, Node node, Dropout op, Desc desc) {
    Tensor mask = lowering.allocate(Desc.numbers(desc.elements()));
    int[] size = {desc.three(0), desc.three(1), desc.three(2)};
    int missing = 3 - desc.spatial().size();
    long[] block = new long[3];
    double places = 1;
    double covered = 1;
    double wanted = op.probability();
    for (int d = 0; d < 3; d++) {
      block[d] = d < missing ? 1 : Math.min(op.blockSize(), size[d]);
      places *= size[d] - block[d] + 1;
      covered *= block[d];
      wanted *= size[d];
    }
    double rate = wanted / (covered * places);
    lowering
        .untyped("block_mask")
        .at(lowering.drawKey(), mask)
        .sizes(hash(node), Double.doubleToRawLongBits(rate), desc.channels())
        .sizes(size[0], size[1], size[2])
        .sizes(block)
        .launch(desc.elements());
    Tensor kept = new Sums(lowering, 1, desc.elements(), 1).plain(mask, Optional.empty());
    lowering.untyped("block_scale").at(mask, kept).sizes(desc.elements()).launch(desc.elements());
    long row = desc.channels();
    return new Elementwise.Factors(mask, desc.positions() * row, row, 1);
  }

  private static Elementwise.Factors patches(Lowering lowering, Dropout op, Desc desc) {
    long positions = desc.positions();
    int side = op.blockSize();
    int kept = op.kept(Math.toIntExact(positions / side / side));
    Tensor mask = lowering.allocate(Desc.numbers(desc.samples() * positions));
    lowering
        .untyped("patch_mask")
        .at(lowering.drawKey(), mask)
        .sizes(new Draws(0, DropoutMask.PATCHES).hash(), kept, desc.three(1), desc.three(2), side)
        .launch(mask.desc().elements());
    return new Elementwise.Factors(mask, positions, 1, 0);
  }

  private static long hash(Node node) {
    return new Draws(0, node.name()).hash();
  }
}
