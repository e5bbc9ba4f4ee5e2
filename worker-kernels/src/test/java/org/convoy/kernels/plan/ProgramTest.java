package org.convoy.kernels.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTest {

  private record Tensor(Buffer buffer) implements Stored {}

  private record Step(String name, List<Tensor> tensors) implements Use {
    static Step of(String name, Buffer... buffers) {
      return new Step(name, List.of(buffers).stream().map(Tensor::new).toList());
    }
  }

  private static Buffer in(Home home) {
    return new Buffer(home, 0, 64);
  }

  private static List<String> refreshWithin(List<Step> refresh, List<Step> forward) {
    return Program.of(refresh, forward, List.of(), Map.of()).refreshWithin().stream()
        .map(Step::name)
        .toList();
  }

  /** A copy of a weight is made just before it is needed; what backward needs comes last. */
  @Test
  void refreshIsAsLateAsForwardLetsIt() {
    Buffer first = in(Home.WEIGHTS);
    Buffer second = in(Home.WEIGHTS);
    Buffer parameters = in(Home.PARAMETERS);
    List<Step> refresh =
        List.of(
            Step.of("copy 1", parameters, first),
            Step.of("copy 2", parameters, second),
            Step.of("copy for backward", parameters, in(Home.WEIGHTS)));
    List<Step> forward =
        List.of(
            Step.of("0", parameters, in(Home.ARENA)),
            Step.of("1", first),
            Step.of("between", in(Home.ARENA)),
            Step.of("2", second, first));
    assertEquals(
        List.of("0", "copy 1", "1", "between", "copy 2", "2", "copy for backward"),
        refreshWithin(refresh, forward));
  }

  /** Forward's own tensors may lie where a refresh step computes. */
  @Test
  void refreshComesFirstIfItUsesTheArena() {
    Buffer copy = in(Home.WEIGHTS);
    Buffer scratch = in(Home.ARENA);
    assertEquals(
        List.of("fold", "copy", "0", "1"),
        refreshWithin(
            List.of(Step.of("fold", scratch), Step.of("copy", scratch, copy)),
            List.of(Step.of("0", in(Home.ARENA)), Step.of("1", copy))));
  }
}
