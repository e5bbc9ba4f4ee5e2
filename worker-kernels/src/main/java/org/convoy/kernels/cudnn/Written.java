package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.PlanRequest;

/**
 * The parts of the flat gradient that a training plan writes. The others keep the caller's values:
 * they are never copied from the device.
 */
final class Written {

  /** Elements {@code [from, to)}. */
  record Range(long from, long to) {}

  private final List<Range> trained = new ArrayList<>();
  private final List<Range> moments = new ArrayList<>();

  Written(Graph graph, Parameters layout, PlanRequest request) {
    GradientFlow flow = new GradientFlow(graph, layout, request);
    for (Parameter tensor : layout.all()) {
      if (flow.trains(tensor)) {
        add(trained, tensor);
      }
    }
    for (Node node : graph.nodes()) {
      List<Parameter> tensors = layout.of(graph, node);
      if (node.op() instanceof BatchNorm && !request.frozen().norm(tensors)) {
        add(moments, tensors.get(2));
        add(moments, tensors.get(3));
      }
    }
  }

  /** Joins neighbours. */
  private static void add(List<Range> ranges, Parameter tensor) {
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).to() == tensor.offset()) {
      ranges.set(last, new Range(ranges.get(last).from(), tensor.end()));
    } else {
      ranges.add(new Range(tensor.offset(), tensor.end()));
    }
  }

  /** Where the moments of batches lie. */
  List<Range> moments() {
    return List.copyOf(moments);
  }

  /** The trained parts of a range. */
  List<Range> trained(long from, long to) {
    return trained.stream()
        .map(range -> new Range(Math.max(from, range.from()), Math.min(to, range.to())))
        .filter(range -> range.from() < range.to())
        .toList();
  }
}
