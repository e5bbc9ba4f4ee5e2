package org.convoy.kernels.onednn;

import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.vector.VectorLibrary.Variant;

/**
 * The vector instructions that oneDNN's kernels are written for, the best first. A processor's are
 * what it has and {@code ONEDNN_MAX_CPU_ISA} allows.
 */
enum InstructionSet {
  AVX10_2_AMX("AVX10.2 with AMX", dnnl.dnnl_cpu_isa_avx10_2_512_amx_2),
  AVX10_2("AVX10.2", dnnl.dnnl_cpu_isa_avx10_2_512),
  AMX_FP16("AMX with float16", dnnl.dnnl_cpu_isa_avx512_core_amx_fp16),
  AMX("AMX", dnnl.dnnl_cpu_isa_avx512_core_amx),
  AVX512_FP16("AVX-512 FP16", dnnl.dnnl_cpu_isa_avx512_core_fp16),
  AVX512_BF16("AVX-512 BF16", dnnl.dnnl_cpu_isa_avx512_core_bf16),
  AVX512_VNNI("AVX-512 VNNI", dnnl.dnnl_cpu_isa_avx512_core_vnni),
  AVX512("AVX-512", dnnl.dnnl_cpu_isa_avx512_core),
  AVX2_VNNI_2("AVX2 VNNI 2", dnnl.dnnl_cpu_isa_avx2_vnni_2),
  AVX2_VNNI("AVX2 VNNI", dnnl.dnnl_cpu_isa_avx2_vnni),
  AVX2("AVX2", dnnl.dnnl_cpu_isa_avx2),
  AVX("AVX", dnnl.dnnl_cpu_isa_avx),
  SSE41("SSE4.1", dnnl.dnnl_cpu_isa_sse41),
  NONE("none of SSE4.1 or later", 0);

  private final String words;
  private final int bits;

  InstructionSet(String words, int bits) {
    this.words = words;
    this.bits = bits;
  }

  /** The best that oneDNN uses here. */
  static InstructionSet effective() {
    return of(dnnl.dnnl_get_effective_cpu_isa());
  }

  /**
   * @param isa a set of bits, each a group of instructions; oneDNN's constants are such sets
   */
  static InstructionSet of(int isa) {
    for (InstructionSet each : values()) {
      if ((isa & each.bits) == each.bits) {
        return each;
      }
    }
    return NONE;
  }

  /**
   * Whether products of bfloat16 numbers are one instruction. Where they are not, oneDNN converts
   * to float32 and back, and training is slower than in float32.
   */
  boolean bfloat16() {
    return (bits & AVX512_BF16.bits) == AVX512_BF16.bits;
  }

  /** Whether there are tiles (AMX), which multiply matrices of bfloat16 numbers at once. */
  boolean tiles() {
    return (bits & AMX.bits) == AMX.bits;
  }

  /** What Convoy's own kernels are compiled for here, if they are. */
  Optional<Variant> vectors() {
    if (bfloat16()) {
      return Optional.of(Variant.AVX512_BF16);
    } else if (block() == 16) {
      return Optional.of(Variant.AVX512);
    }
    return (bits & AVX2.bits) == AVX2.bits ? Optional.of(Variant.AVX2) : Optional.empty();
  }

  /** The float32 numbers of a vector register that convolutions block channels by. */
  int block() {
    return (bits & AVX512.bits) == AVX512.bits ? 16 : 8;
  }

  @Override
  public String toString() {
    return words;
  }
}
