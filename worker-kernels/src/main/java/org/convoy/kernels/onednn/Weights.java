package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Parameter;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;

/**
 * What a plan holds from step to step: copies of parameters in the layouts that kernels want, made
 * once after each change of the parameters, and constants.
 */
final class Weights {

  /** A copy of a parameter; {@code stored} says how the parameter was read. */
  private record Placed(Parameter parameter, Desc stored, Tensor tensor) {}

  private final Natives natives;
  private final Steps steps;
  private final List<Placed> placed = new ArrayList<>();
  private final Map<Buffer, double[]> constants = new IdentityHashMap<>();

  Weights(Natives natives, Steps steps) {
    this.natives = natives;
    this.steps = steps;
  }

  /** A parameter in a layout: the flat vector itself where it lies so, else a copy. */
  Tensor of(Parameter parameter, Desc wanted) {
    return of(parameter, Desc.plain(natives, wanted.dimensions(), dnnl.dnnl_f32), wanted);
  }

  /** {@link #of(Parameter, Desc)} of a parameter that is stored otherwise than in C order. */
  Tensor of(Parameter parameter, Desc stored, Desc wanted) {
    Tensor plain = Tensor.flat(Home.PARAMETERS, parameter, stored);
    if (plain.desc().sameAs(wanted)) {
      return plain;
    }
    for (Placed known : placed) {
      if (known.parameter().equals(parameter)
          && known.stored().sameAs(stored)
          && known.tensor().desc().sameAs(wanted)) {
        return known.tensor();
      }
    }
    Tensor copy = Tensor.in(Home.WEIGHTS, wanted);
    steps.refreshing(() -> steps.reorder("weight " + parameter.name(), plain, copy));
    placed.add(new Placed(parameter, stored, copy));
    return copy;
  }

  /** Memory that holds these float32 values in C order and is never written. */
  Tensor constant(double[] values, long... dimensions) {
    Tensor constant = Tensor.in(Home.CONSTANTS, Desc.plain(natives, dimensions, dnnl.dnnl_f32));
    constants.put(constant.buffer(), values);
    return constant;
  }

  /** {@link #constant} in a layout or number type of the caller's. */
  Tensor constant(double[] values, Desc wanted) {
    Tensor plain = constant(values, wanted.dimensions());
    if (plain.desc().sameAs(wanted)) {
      return plain;
    }
    Tensor copy = Tensor.in(Home.WEIGHTS, wanted);
    steps.refreshing(() -> steps.reorder("constant", plain, copy));
    return copy;
  }

  /** The values of all constants. */
  Map<Buffer, double[]> constants() {
    return constants;
  }
}
