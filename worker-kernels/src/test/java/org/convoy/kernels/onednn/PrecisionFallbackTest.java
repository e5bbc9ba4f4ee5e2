package org.convoy.kernels.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.ChildJvm;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.Test;

/** Where a processor has no instructions for bfloat16, plans compute in float32 and say so. */
class PrecisionFallbackTest {
  private static final String RESULT = "computes in ";

  /** Compiles twice in bfloat16 and prints what the plans say that they compute in. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Graph graph = Value.input(Shape.of(3)).linear("fc", 2).graph("tiny");
      Backend backend = Backends.get("onednn");
      for (int batch = 1; batch <= 2; batch++) {
        PlanRequest request = PlanRequest.training(batch).precision(Precision.BFLOAT16);
        try (Plan plan = backend.compile(graph, request)) {
          System.out.println(RESULT + plan.request().precision());
        }
      }
    }
  }

  @Test
  void aProcessorWithoutTheInstructionsComputesInFloat32AndWarnsOnce() throws Exception {
    List<String> lines = child("AVX2");
    assertEquals(
        List.of(RESULT + "FLOAT32", RESULT + "FLOAT32"),
        lines.stream().filter(line -> line.startsWith(RESULT)).toList(),
        lines::toString);
    List<String> warnings = lines.stream().filter(line -> line.contains("WARN")).toList();
    assertEquals(1, warnings.size(), lines::toString);
    assertTrue(
        warnings
            .get(0)
            .endsWith(
                "bfloat16 needs AVX-512 BF16 or AMX, this processor's best is AVX2:"
                    + " computing in float32"),
        warnings::toString);
  }

  @Test
  void aProcessorWithThemComputesInBfloat16AndIsSilent() throws Exception {
    if (InstructionSet.effective().bfloat16()) {
      assertEquals(List.of(RESULT + "BFLOAT16", RESULT + "BFLOAT16"), child("DEFAULT"));
    } else {
      assertEquals(Precision.FLOAT32, new OnednnBackend().effective(Precision.BFLOAT16));
    }
  }

  /** What a process under this limit of instructions prints. */
  private static List<String> child(String isa) throws IOException, InterruptedException {
    return ChildJvm.run(Child.class, Map.of("ONEDNN_MAX_CPU_ISA", isa));
  }

  @Test
  void setsAreTheirBestMembers() {
    assertEquals(InstructionSet.AVX512_BF16, InstructionSet.of(dnnl.dnnl_cpu_isa_avx512_core_bf16));
    assertEquals(InstructionSet.AMX, InstructionSet.of(dnnl.dnnl_cpu_isa_avx512_core_amx));
    assertEquals(InstructionSet.AVX10_2, InstructionSet.of(dnnl.dnnl_cpu_isa_avx10_2_512));
    assertEquals(InstructionSet.AVX2_VNNI_2, InstructionSet.of(dnnl.dnnl_cpu_isa_avx2_vnni_2));
    assertEquals(InstructionSet.NONE, InstructionSet.of(0));
  }

  @Test
  void onlyProductsInOneInstructionCount() {
    for (InstructionSet each : InstructionSet.values()) {
      assertEquals(
          each.compareTo(InstructionSet.AVX512_BF16) <= 0, each.bfloat16(), each::toString);
    }
  }

  @Test
  void otherPrecisionsStay() {
    Backend backend = new OnednnBackend();
    assertEquals(Precision.FLOAT32, backend.effective(Precision.FLOAT32));
    assertEquals(Precision.FLOAT64, backend.effective(Precision.FLOAT64));
  }
}
