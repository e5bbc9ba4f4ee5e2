package org.convoy.kernels.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Embedding;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/** Learned vectors at the first positions of sequences, which lie in C order. */
final class Embeddings {
  private final Lowering lowering;
  private final Node node;
  private final Parameter parameter;
  private final long[] whole;
  private final long[] first;
  private final Desc desc;

  private Embeddings(Lowering lowering, Node node, Embedding op) {
    this.lowering = lowering;
    this.node = node;
    this.parameter = lowering.parameters(node).get(0);
    this.whole = lowering.batched(node);
    this.first = new long[] {whole[0], whole[1], op.positions()};
    this.desc = Desc.plain(lowering.natives(), whole, lowering.activationType());
  }

  static Lowered lower(Lowering lowering, Node node, Embedding op) {
    Embeddings embeddings = new Embeddings(lowering, node, op);
    Tensor output = embeddings.forward();
    return new Lowered(output, embeddings::backward);
  }

  private Tensor forward() {
    Natives natives = lowering.natives();
    Tensor source = lowering.convertOnce(lowering.source(node), desc);
    long[] one = {1, first[1], first[2]};
    Desc stored =
        Desc.strided(natives, one, dnnl.dnnl_f32, new long[] {first[1] * first[2], 1, first[1]});
    Tensor vectors =
        lowering.weights().of(parameter, stored, Desc.plain(natives, one, dnnl.dnnl_f32));
    Arithmetic arithmetic = new Arithmetic(lowering, node.name());
    if (first[2] == whole[2]) {
      return arithmetic.join(dnnl.dnnl_binary_add, source, vectors);
    }
    Tensor output = lowering.allocate(desc);
    Tensor part = lowering.allocate(Desc.plain(natives, first, desc.type()));
    lowering.steps().reorder(node.name(), first(source), part);
    // As rows: oneDNN has only reference code that repeats a tensor of one position.
    Tensor row = Shapes.plain(lowering, vectors, new long[] {1, parameter.length()});
    Tensor rows = Shapes.plain(lowering, part, new long[] {first[0], parameter.length()});
    Tensor sum = Shapes.plain(lowering, arithmetic.join(dnnl.dnnl_binary_add, rows, row), first);
    lowering.steps().reorder(node.name(), source, output);
    lowering.steps().reorder(node.name(), sum, first(output));
    return output;
  }

  private void backward(Gradient gradient) {
    if (lowering.trains(node)) {
      Natives natives = lowering.natives();
      Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
      // In the order of the parameter: position by position.
      Tensor vectors = lowering.allocate(Desc.channelsLast(natives, first, desc.type()));
      lowering.steps().reorder(node.name() + " backward", first(outputGradient), vectors);
      long[] rows = {first[0], parameter.length()};
      Tensor samples = new Tensor(vectors.buffer(), Desc.plain(natives, rows, desc.type()));
      Tensor to = lowering.gradient(parameter, 1, parameter.length());
      MatrixProducts.sumSamples(lowering, node.name() + " sum", samples, to);
    }
    int input = node.inputs().get(0);
    if (lowering.wantsGradient(input)) {
      lowering.contribute(input, gradient.tensor(), gradient.exclusive());
    }
  }

  /** The first positions, in place. */
  private Tensor first(Tensor tensor) {
    Desc part = tensor.desc().part(lowering.natives(), new long[first.length], first);
    return new Tensor(tensor.buffer(), part);
  }
}
