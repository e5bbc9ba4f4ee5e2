package org.convoy.kernels.onednn;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.plan.Use;
import org.convoy.kernels.vector.VectorLibrary.Variant;
import org.jspecify.annotations.Nullable;

/** One thing a program does. */
sealed interface Step extends Use {

  @Override
  default List<Tensor> tensors() {
    return List.of();
  }

  /** A step that computes on threads, and whose time counts. */
  sealed interface Timed extends Step {

    /** The node that it is for, by name; empty at the edges of a plan. */
    String node();

    /** What it does, for profiles and errors: for example {@code conv forward layer1.0.conv1}. */
    String word();

    /** The name of the code that runs, for example {@code jit:avx512_core}. */
    String implementation();

    /** Multiplications and additions of a convolution or matrix product; 0 of every other. */
    long work();

    /** Bytes of all arguments but scratch memory. */
    long bytes();

    /** Whether it only brings values into another layout or number type. */
    boolean copies();
  }

  /** An argument of a primitive, {@code index} as {@code DNNL_ARG_...} names it. */
  record Argument(int index, Tensor tensor) {}

  /**
   * Executes a primitive.
   *
   * @param node for which, by name; empty at the edges of a plan
   */
  record Execute(Kernel kernel, List<Argument> arguments, String node) implements Timed {

    @Override
    public String word() {
      return kernel.word();
    }

    @Override
    public String implementation() {
      return kernel.implementation();
    }

    @Override
    public boolean copies() {
      return kernel.copies();
    }

    @Override
    public List<Tensor> tensors() {
      return arguments.stream().map(Argument::tensor).toList();
    }

    /**
     * Multiplications and additions of a convolution, transposed or not, a linear layer or a matrix
     * product, in any direction: two for each pair of numbers that meet. 0 for every other
     * primitive.
     */
    @Override
    public long work() {
      return switch (kernel.kind()) {
        case dnnl.dnnl_convolution, dnnl.dnnl_inner_product ->
            work(dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_DIFF_DST);
        case dnnl.dnnl_deconvolution -> work(dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_DIFF_SRC);
        case dnnl.dnnl_matmul -> {
          Tensor left = either(dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_SRC);
          Tensor result = either(dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_DST);
          long[] factor = left == null ? new long[] {0} : left.desc().dimensions();
          yield result == null ? 0 : 2 * elements(result) * factor[factor.length - 1];
        }
        default -> 0;
      };
    }

    /** Two for each element of one side, whichever argument that is, and each weight it meets. */
    private long work(int side, int gradient) {
      Tensor tensor = either(side, gradient);
      Tensor weights = either(dnnl.DNNL_ARG_WEIGHTS, dnnl.DNNL_ARG_DIFF_WEIGHTS);
      if (tensor == null || weights == null) {
        return 0;
      }
      return 2 * elements(tensor) * elements(weights) / tensor.desc().dimensions()[1];
    }

    @Override
    public long bytes() {
      return arguments.stream()
          .filter(argument -> argument.index() != dnnl.DNNL_ARG_SCRATCHPAD)
          .mapToLong(argument -> argument.tensor().desc().bytes())
          .sum();
    }

    private @Nullable Tensor either(int first, int second) {
      for (Argument argument : arguments) {
        if (argument.index() == first || argument.index() == second) {
          return argument.tensor();
        }
      }
      return null;
    }

    private static long elements(Tensor tensor) {
      return Arrays.stream(tensor.desc().dimensions()).reduce(1, (a, b) -> a * b);
    }
  }

  /** One of Convoy's own kernels. It allocates nothing. */
  @FunctionalInterface
  interface Routine {
    /**
     * @param at the addresses of the step's tensors
     */
    void run(long[] at);
  }

  /**
   * Runs one of Convoy's own kernels.
   *
   * @param tensors whose addresses it takes; scratch memory is of bytes
   * @param work as {@link Timed#work}
   */
  record Run(String word, Routine routine, List<Tensor> tensors, long work, String node)
      implements Timed {

    @Override
    public String implementation() {
      return "convoy:" + InstructionSet.effective().vectors().map(Variant::word).orElse("none");
    }

    @Override
    public long bytes() {
      return tensors.stream()
          .map(Tensor::desc)
          .filter(desc -> desc.type() != dnnl.dnnl_u8)
          .mapToLong(Desc::bytes)
          .sum();
    }

    @Override
    public boolean copies() {
      return false;
    }
  }

  /** Writes numbers in C order, on the host. It allocates nothing. */
  @FunctionalInterface
  interface Filling {
    /**
     * @param drawKey of the pass's random draws
     */
    void fill(long drawKey, FloatBuffer to);
  }

  /** Fills a plain float32 tensor on the host. */
  record Fill(Filling filling, Tensor to) implements Step {
    @Override
    public List<Tensor> tensors() {
      return List.of(to);
    }
  }

  /** Marks that elements {@code [from, to)} of the flat gradient are final. */
  record Finished(long from, long to) implements Step {}
}
