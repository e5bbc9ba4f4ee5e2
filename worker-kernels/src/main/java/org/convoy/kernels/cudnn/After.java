package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Activate;

/**
 * What follows a convolution in the same pass: {@code f(y + bias + addend)}, of these tensors.
 *
 * @param bias a number for each channel
 * @param addend like the result
 * @param activation applied last
 */
record After(Optional<Tensor> bias, Optional<Tensor> addend, Optional<Activate> activation) {

  static After bias(Optional<Tensor> bias) {
    return new After(bias, Optional.empty(), Optional.empty());
  }

  /** The same for an engine; empty where there is nothing to do, or cuDNN lacks the function. */
  Optional<Epilogue> epilogue() {
    return isNothing() || activation.filter(op -> Pointwise.of(op).isEmpty()).isPresent()
        ? Optional.empty()
        : Optional.of(new Epilogue(bias.isPresent(), addend.isPresent(), activation));
  }

  boolean isNothing() {
    return bias.isEmpty() && addend.isEmpty() && activation.isEmpty();
  }

  /** The given tensors and those of the epilogue. */
  List<Tensor> behind(Tensor... tensors) {
    List<Tensor> all = new ArrayList<>(List.of(tensors));
    bias.ifPresent(all::add);
    addend.ifPresent(all::add);
    return all;
  }

  /** The function's number, as kernels take it. */
  int function() {
    return activation.map(op -> Elementwise.number(op.function())).orElse(Elementwise.NONE);
  }

  double alpha() {
    return activation.map(Activate::alpha).orElse(0.0);
  }

  /** Adds a pass of its own over a result. */
  void apply(Lowering lowering, Tensor result) {
    if (!isNothing()) {
      lowering
          .kernel("activate")
          .wide(result.desc().wide())
          .at(result, result)
          .maybe(bias)
          .maybe(addend)
          .sizes(result.desc().channels(), function())
          .factors(alpha())
          .launch(result.desc().elements());
    }
  }
}
