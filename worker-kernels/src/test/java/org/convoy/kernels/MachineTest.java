package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import org.convoy.ChildJvm;
import org.convoy.ProcessorFlags;
import org.junit.jupiter.api.Test;

/** A backend says with what it computes in this process, not what the processor could do. */
final class MachineTest {

  /** Prints its machine. */
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      System.out.println(Backends.get("onednn").machine());
    }
  }

  @Test
  void instructionsKernelsAndThreadsAreThoseOfTheProcess() throws Exception {
    Machine here = Backends.get("onednn").machine();
    assertEquals(KernelThreads.count(), here.threads());
    assertNotEquals("", here.processor());

    // Such a processor has this variant of Convoy's kernels, where the build has any.
    assumeTrue(ProcessorFlags.include(List.of("avx2", "fma")), "needs AVX2");
    List<String> lines =
        ChildJvm.run(Child.class, Map.of("OMP_NUM_THREADS", "3", "ONEDNN_MAX_CPU_ISA", "AVX2"));
    String kernels = here.kernels().equals(Machine.NO_KERNELS) ? Machine.NO_KERNELS : "avx2";
    assertEquals(
        new Machine(here.processor(), "AVX2", kernels, 3, here.library()).toString(),
        lines.get(lines.size() - 1));
  }
}
