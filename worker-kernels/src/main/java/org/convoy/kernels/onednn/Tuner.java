package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Tuning;
import org.convoy.kernels.plan.Chains;

/**
 * Chooses layouts and implementations for a graph.
 *
 * <p>Each op is computed alone in either layout, and a convolution with the first implementations
 * of each; equal ops are timed once ({@link Trial}). Then every node gets a layout such that nodes
 * and copies between layouts together take the least time: with two layouts that is a {@link
 * MinimumCut}. Within its layout, a convolution takes the fastest implementation of each direction;
 * its weight gradient may leave the layout where that pays for the copies.
 */
final class Tuner implements AutoCloseable {
  /** Seconds of an implementation that does not exist or is reference code. */
  private static final double NEVER = 1e3;

  /** What an untimed op costs in the layout that the rule does not take: next to nothing. */
  private static final double RULE = 1e-7;

  private final Graph graph;
  private final PlanRequest request;
  private final Layout rule;
  private final Timings timings;
  private final Trial trial;
  private final long deadline;
  private final GradientFlow flow;

  /** Nodes that cost nothing of their own, since they are computed as part of others. */
  private final Set<Integer> chained;

  Tuner(Graph fused, PlanRequest request, Tuning tuning) {
    this.graph = fused;
    this.request = request.choices(Choices.NONE);
    this.rule = Layout.rule(request.precision());
    this.timings = Timings.in(tuning.memory());
    this.trial = new Trial(this.request);
    this.flow = new GradientFlow(fused, Parameters.of(fused), request);
    this.chained = Chains.of(fused, flow).links();
    this.deadline = System.nanoTime() + tuning.budget().toNanos();
  }

  /**
   * Seconds of the fastest implementation of each kernel or node that has several, as {@code
   * Backend.fastest} keys them.
   */
  Map<String, Double> fastest() {
    timeAll();
    Map<String, Double> fastest = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Convolution) {
        trial
            .implementations(graph, node)
            .forEach(
                (role, implementations) ->
                    implementations.stream()
                        .flatMapToDouble(
                            implementation ->
                                timings.of(what(node, role + " " + implementation)).stream())
                        .min()
                        .ifPresent(
                            seconds ->
                                fastest.put(ConvolutionSearch.word(role, node.name()), seconds)));
      } else {
        layouts().stream()
            .flatMapToDouble(layout -> timings.of(what(node, layout.word())).stream())
            .min()
            .ifPresent(seconds -> fastest.put(node.name(), seconds));
      }
    }
    return fastest;
  }

  Choices choose() {
    timeAll();
    List<Node> nodes = graph.nodes();
    double perElement = perElement();
    MinimumCut cut = new MinimumCut(nodes.size());
    for (int i = 1; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (costs(i)) {
        cut.label(i, cost(i, Layout.BLOCKED), cost(i, Layout.CHANNELS_LAST));
      }
      for (int input : node.inputs()) {
        if (input > 0 && spatial(node.shape()) && spatial(nodes.get(input).shape())) {
          cut.pair(input, i, copies(input) * perElement * elements(nodes.get(input).shape()));
        }
      }
    }
    boolean[] last = cut.second();
    Map<String, String> implementations = new LinkedHashMap<>();
    for (int i = 1; i < nodes.size(); i++) {
      if (spatial(nodes.get(i).shape())) {
        put(implementations, i, last[i] ? Layout.CHANNELS_LAST : Layout.BLOCKED);
      }
    }
    return new Choices(implementations);
  }

  private void put(Map<String, String> implementations, int index, Layout layout) {
    Node node = graph.nodes().get(index);
    if (node.op() instanceof Convolution) {
      for (String role : roles(index)) {
        best(node, role, layout).ifPresent(implementations, node);
      }
    } else {
      implementations.put(node.name(), layout.word());
    }
  }

  /** Of a convolution. */
  private List<String> roles(int node) {
    return flow.needs(node)
        ? List.of(
            ConvolutionSearch.FORWARD,
            ConvolutionSearch.DATA_GRADIENT,
            ConvolutionSearch.WEIGHT_GRADIENT)
        : List.of(ConvolutionSearch.FORWARD);
  }

  /** The rule's first. */
  private List<Layout> layouts() {
    return List.of(rule, rule.other());
  }

  private boolean costs(int node) {
    return !chained.contains(node) || graph.nodes().get(node).op() instanceof Convolution;
  }

  /** A tensor that leaves its layout is copied forward, and its gradient backward. */
  private int copies(int node) {
    return flow.needs(node) ? 2 : 1;
  }

  private static boolean spatial(Shape shape) {
    return shape.spatialRank() > 0;
  }

  private long elements(Shape shape) {
    return request.batch() * shape.elements();
  }

  // ---- Costs ----

  private double cost(int index, Layout layout) {
    Node node = graph.nodes().get(index);
    if (!(node.op() instanceof Convolution)) {
      return timings.of(what(node, layout.word())).orElse(unknown(layout));
    }
    return roles(index).stream().mapToDouble(role -> best(node, role, layout).seconds).sum();
  }

  private double unknown(Layout layout) {
    return layout == rule ? 0 : RULE;
  }

  /** The fastest implementation of a role for activations of a layout, and its time with copies. */
  private record Best(String role, String implementation, double seconds) {
    void ifPresent(Map<String, String> implementations, Node node) {
      if (!implementation.isEmpty()) {
        implementations.put(node.name() + " " + role, implementation);
      }
    }
  }

  private Best best(Node node, String role, Layout layout) {
    Best best = new Best(role, "", NEVER);
    boolean timed = false;
    for (Implementation implementation :
        trial.implementations(graph, node).getOrDefault(role, List.of())) {
      OptionalDouble alone = timings.of(what(node, role + " " + implementation));
      timed |= alone.isPresent();
      boolean stays = implementation.layout() == layout;
      if (alone.isPresent() && (stays || role.equals(ConvolutionSearch.WEIGHT_GRADIENT))) {
        long copied = elements(graph.inputShapes(node).get(0)) + elements(node.shape());
        double seconds = alone.getAsDouble() + (stays ? 0 : perElement() * copied);
        if (seconds < best.seconds) {
          best = new Best(role, implementation.toString(), seconds);
        }
      }
    }
    return timed ? best : new Best(role, "", unknown(layout));
  }

  /** Seconds in which an element of an activation is copied into another layout. */
  private double perElement() {
    return timings.of(trial.copyWord()).orElseThrow();
  }

  /** Describes a trial: the op, its sizes and the implementation. The op's name does not matter. */
  private String what(Node node, String implementation) {
    return String.format(
        Locale.ROOT,
        "%s %s %d x %s %s: %s",
        request.precision(),
        request.mode(),
        request.batch(),
        graph.inputShapes(node),
        node.op(),
        implementation);
  }

  // ---- Trials ----

  private void timeAll() {
    if (timings.of(trial.copyWord()).isEmpty()) {
      timings.put(trial.copyWord(), trial.copySecondsPerElement());
    }
    Map<String, Node> distinct = new LinkedHashMap<>();
    for (int i = 1; i < graph.nodes().size(); i++) {
      if (costs(i)) {
        distinct.putIfAbsent(what(graph.nodes().get(i), ""), graph.nodes().get(i));
      }
    }
    List<Node> largestFirst = new ArrayList<>(distinct.values());
    largestFirst.sort(
        Collections.reverseOrder(
            (one, other) -> Long.compare(one.shape().elements(), other.shape().elements())));
    for (Node node : largestFirst) {
      if (System.nanoTime() > deadline) {
        break;
      }
      if (node.op() instanceof Convolution) {
        timeConvolution(node);
      } else if (Trial.possible(graph, node)) {
        for (Layout layout : layouts()) {
          String what = what(node, layout.word());
          if (timings.of(what).isEmpty()) {
            Map<String, String> tried = Map.of("", layout.word());
            Trial.Seconds seconds = trial.seconds(graph, node, tried, word -> Double.MAX_VALUE);
            timings.put(what, seconds.total());
          }
        }
      }
    }
    timings.save();
  }

  private void timeConvolution(Node node) {
    Map<String, List<Implementation>> implementations = trial.implementations(graph, node);
    int rounds = implementations.values().stream().mapToInt(List::size).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      Map<String, String> tried = new HashMap<>();
      boolean all = true;
      for (String role : implementations.keySet()) {
        List<Implementation> list = implementations.get(role);
        if (!list.isEmpty()) {
          Implementation implementation = list.get(Math.min(round, list.size() - 1));
          tried.put(role, implementation.toString());
          all &= timings.of(what(node, role + " " + implementation)).isPresent();
        }
      }
      if (!all) {
        Map<String, Double> toBeat = new HashMap<>();
        implementations.forEach(
            (role, list) -> toBeat.put(Trial.word(role), fastest(node, role, list)));
        Trial.Seconds seconds =
            trial.seconds(graph, node, tried, word -> toBeat.getOrDefault(word, Double.MAX_VALUE));
        tried.forEach(
            (role, implementation) -> {
              String what = what(node, role + " " + implementation);
              double before = timings.of(what).orElse(NEVER);
              timings.put(what, Math.min(before, seconds.of(role)));
            });
      }
    }
  }

  private double fastest(Node node, String role, List<Implementation> implementations) {
    return implementations.stream()
        .mapToDouble(
            implementation -> timings.of(what(node, role + " " + implementation)).orElse(NEVER))
        .min()
        .orElse(NEVER);
  }

  @Override
  public void close() {
    trial.close();
  }
}
