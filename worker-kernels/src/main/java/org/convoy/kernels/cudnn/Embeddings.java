package org.convoy.kernels.cudnn;

import org.convoy.graph.Embedding;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * Learned vectors that are added to the first positions of sequences. With channels last a sequence
 * lies as the parameter does: position by position.
 */
final class Embeddings {
  private Embeddings() {}

  static Lowered lower(Lowering lowering, Node node, Embedding op) {
    Parameter vectors = lowering.parameters(node).get(0);
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    long length = (long) desc.positions() * desc.channels();
    Tensor output = lowering.allocate(desc);
    lowering
        .kernel("embed")
        .at(source, lowering.parameter(vectors), output)
        .sizes(length, vectors.length())
        .launch(desc.elements());
    return new Lowered(
        output,
        gradient -> {
          if (lowering.flow().trains(vectors)) {
            lowering
                .kernel("embed_backward")
                .at(gradient.tensor(), lowering.gradient(vectors))
                .sizes(length, desc.samples())
                .launch(vectors.length());
          }
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, gradient.tensor(), gradient.exclusive());
          }
        });
  }
}
