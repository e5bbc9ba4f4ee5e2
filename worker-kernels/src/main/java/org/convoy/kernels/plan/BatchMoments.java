package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Frozen;
import org.nd4j.linalg.api.buffer.DataBuffer;

/** Where the statistics of a graph's norms lie in the flat vectors; frozen norms are left out. */
public final class BatchMoments {

  /** One norm's running mean and variance. */
  private record Place(long mean, long variance, long length) {}

  private final List<Place> places;

  public BatchMoments(Graph graph, Parameters layout, Frozen frozen) {
    List<Place> all = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof BatchNorm) {
        List<Parameter> tensors = layout.of(graph, node);
        if (!frozen.norm(tensors)) {
          Parameter mean = tensors.get(2);
          all.add(new Place(mean.offset(), tensors.get(3).offset(), mean.length()));
        }
      }
    }
    this.places = List.copyOf(all);
  }

  /**
   * Turns each norm's mean and variance of a batch into moments about the running mean.
   *
   * @param values the flat parameters, with the running means
   * @param moments the flat gradient, with the batch's mean and variance; changed
   */
  public void shift(DataBuffer values, DataBuffer moments) {
    for (int i = 0; i < places.size(); i++) {
      Place norm = places.get(i);
      for (long c = 0; c < norm.length(); c++) {
        long mean = norm.mean() + c;
        long variance = norm.variance() + c;
        double shift = moments.getDouble(mean) - values.getDouble(mean);
        moments.put(mean, shift);
        moments.put(variance, moments.getDouble(variance) + shift * shift);
      }
    }
  }
}
