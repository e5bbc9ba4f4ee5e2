package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.convoy.kernels.plan.StepLists;

/** The steps of a program while it is written, in three lists: refresh, forward and backward. */
final class Steps {
  /** The word for a copy between two layouts. */
  static final String COPY = "reorder";

  private final Natives natives;
  private final StepLists<Step> lists = new StepLists<>();
  private String node = "";

  Steps(Natives natives) {
    this.natives = natives;
  }

  /** Says for which node the next steps are; empty at the edges of a plan. */
  void enter(String name) {
    node = name;
  }

  /** Adds what follows to backward. */
  void enterBackward() {
    lists.enterBackward();
  }

  /**
   * Adds the steps that {@code adding} adds to the refresh, which runs after each change of the
   * parameters.
   */
  void refreshing(Runnable adding) {
    lists.refreshing(adding);
  }

  /** Adds a step that copies values from one layout into another. */
  void reorder(String word, Tensor from, Tensor to) {
    Kernel kernel =
        Kernel.make(
            natives,
            word,
            (result, attributes) ->
                dnnl.dnnl_reorder_primitive_desc_create(
                    result,
                    from.desc().handle(),
                    Dnnl.engine(),
                    to.desc().handle(),
                    Dnnl.engine(),
                    attributes));
    execute(kernel, new Argument(dnnl.DNNL_ARG_FROM, from), new Argument(dnnl.DNNL_ARG_TO, to));
  }

  /** Adds a step that executes a primitive. Scratch memory is added to the arguments. */
  void execute(Kernel kernel, Argument... arguments) {
    List<Argument> all = new ArrayList<>(List.of(arguments));
    Desc scratchpad = kernel.opaque(dnnl.dnnl_query_scratchpad_md);
    if (scratchpad.bytes() > 0) {
      all.add(new Argument(dnnl.DNNL_ARG_SCRATCHPAD, Tensor.in(Home.ARENA, scratchpad)));
    }
    lists.add(new Step.Execute(kernel, List.copyOf(all), node));
  }

  /**
   * Adds a step that runs one of Convoy's own kernels.
   *
   * @param scratchBytes of memory whose address comes last, if it takes any
   * @param work of it as {@link Step.Timed} counts
   */
  void run(String word, Step.Routine routine, long scratchBytes, long work, List<Tensor> tensors) {
    List<Tensor> all = new ArrayList<>(tensors);
    if (scratchBytes > 0) {
      Desc scratch = Desc.plain(natives, new long[] {scratchBytes}, dnnl.dnnl_u8);
      all.add(Tensor.in(Home.ARENA, scratch));
    }
    lists.add(new Step.Run(word, routine, List.copyOf(all), work, node));
  }

  /** Adds a step that fills a plain float32 tensor on the host. */
  void fill(Step.Filling filling, Tensor to) {
    lists.add(new Step.Fill(filling, to));
  }

  /** Marks that a parameter's gradient does not change any more. */
  void finished(Parameter parameter) {
    lists.add(new Step.Finished(parameter.offset(), parameter.end()));
  }

  /** All steps, with every tensor's place known. */
  Program<Step> program(Map<Buffer, double[]> constants) {
    return lists.program(constants);
  }
}
