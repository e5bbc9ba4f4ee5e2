package org.convoy.kernels.plan;

import java.util.List;
import java.util.function.IntPredicate;
import org.convoy.graph.Graph;

/**
 * The order in which a graph is lowered: forward in node order, backward in the opposite order.
 * Where blocks are computed a second time, backward of a block follows its second forward.
 */
public final class Walk {

  /** Adds the steps of one node, or of the plan's edges, to a program. */
  public interface Lowerer {
    /** Whether a node is computed together with a later one. */
    default boolean deferred(int node) {
      return false;
    }

    void forward(int node);

    /** Hands the last node's result to the caller. */
    void output();

    /** Begins backward: takes the gradient of the output from the caller. */
    void beginBackward();

    /** Forgets the copies of results, which are computed a second time next. */
    default void forgetCopies() {}

    void backward(int node);

    /** Ends backward: hands the gradient of the input to the caller, if it was requested. */
    void endBackward();
  }

  private Walk() {}

  /**
   * @param recomputes whether blocks are computed a second time
   * @param needs the nodes whose gradient backward needs
   */
  public static void lower(
      Graph graph, boolean training, boolean recomputes, IntPredicate needs, Lowerer lowerer) {
    List<Blocks.Block> blocks = recomputes ? Blocks.of(graph) : Blocks.whole(graph);
    blocks.forEach(block -> forward(block, any -> true, lowerer));
    lowerer.output();
    if (!training) {
      return;
    }
    lowerer.beginBackward();
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Blocks.Block block = blocks.get(i);
      if (i < blocks.size() - 1) {
        // Of what backward needs only what leaves a block has been kept; the rest is made anew.
        lowerer.forgetCopies();
        forward(block, needs, lowerer);
      }
      for (int node = block.to(); node >= block.from(); node--) {
        lowerer.backward(node);
      }
    }
    lowerer.endBackward();
  }

  private static void forward(Blocks.Block block, IntPredicate which, Lowerer lowerer) {
    for (int i = block.from(); i <= block.to(); i++) {
      if (!lowerer.deferred(i) && which.test(i)) {
        lowerer.forward(i);
      }
    }
  }
}
