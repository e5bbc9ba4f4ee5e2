package org.convoy.kernels.onednn;

import org.convoy.graph.Parameter;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Stored;

/** A buffer and how to read it. Several tensors may look at one buffer. */
record Tensor(Buffer buffer, Desc desc) implements Stored {

  /** New memory at a home; where in it is decided later, or by its owner. */
  static Tensor in(Home home, Desc desc) {
    return new Tensor(new Buffer(home, 0, desc.bytes()), desc);
  }

  /** A parameter's place in one of the caller's flat vectors. */
  static Tensor flat(Home home, Parameter parameter, Desc desc) {
    return new Tensor(new Buffer(home, parameter.offset() * Float.BYTES, desc.bytes()), desc);
  }
}
