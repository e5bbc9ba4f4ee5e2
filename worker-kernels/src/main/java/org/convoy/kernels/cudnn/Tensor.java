package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.graph.Parameter;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Stored;

/**
 * A buffer and how to read it.
 *
 * @param offset where it begins in the buffer, in bytes
 */
record Tensor(Buffer buffer, long offset, Desc desc) implements Stored {

  static Tensor in(Home home, Desc desc) {
    return new Tensor(new Buffer(home, 0, desc.bytes()), 0, desc);
  }

  /** A parameter's place in one of the flat vectors. */
  static Tensor flat(Home home, Parameter parameter) {
    Desc desc = Desc.numbers(parameter.length());
    return new Tensor(new Buffer(home, parameter.offset() * Float.BYTES, desc.bytes()), 0, desc);
  }

  /** Whether it begins where eight elements may be taken at once; parameters begin anywhere. */
  boolean beginsWide() {
    boolean flat = buffer.home() == Home.PARAMETERS || buffer.home() == Home.GRADIENTS;
    return !flat && offset % (Kernel.WIDTH * Float.BYTES) == 0;
  }

  /** The same memory under another description. */
  Tensor as(Desc other) {
    return new Tensor(buffer, offset, other);
  }

  /** From an element on. */
  Tensor from(long element) {
    int left = Math.toIntExact(desc.elements() - element);
    Desc rest = new Desc(desc.type(), left, List.of(), 1);
    return new Tensor(buffer, offset + element * desc.type().bytes(), rest);
  }

  /** A part of a vector of numbers. */
  Tensor part(long from, long count) {
    return new Tensor(buffer, offset + from * Float.BYTES, Desc.numbers(count));
  }
}
