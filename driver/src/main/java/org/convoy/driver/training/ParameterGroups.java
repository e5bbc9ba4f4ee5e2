package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.convoy.driver.config.Names;
import org.convoy.driver.config.ParameterGroup;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterKind;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Frozen;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Units;
import org.convoy.settings.RequestException;

/**
 * A recipe's groups of parameters, found in a network: which tensors are frozen, which decay, and
 * by what factor of the learning rate each moves. The first group whose pattern fits a tensor's
 * name has it; a tensor that no pattern fits is trained as the recipe says otherwise.
 */
final class ParameterGroups {
  private static final ParameterGroup OTHERS = new ParameterGroup("*", 1, true, false);

  /**
   * Neighbours in the flat vector that move alike.
   *
   * @param from first element
   * @param to one past the last
   * @param rate the factor of the learning rate
   */
  record Run(long from, long to, double rate) {}

  private final Graph graph;
  private final Parameters layout;
  private final Map<String, ParameterGroup> groups = new HashMap<>();
  private final Frozen frozen;

  /**
   * @throws RequestException if a pattern fits no tensor that an earlier one leaves, or if nothing
   *     is left to train
   */
  ParameterGroups(List<ParameterGroup> stated, Graph graph) {
    this.graph = graph;
    this.layout = Parameters.of(graph);
    Set<ParameterGroup> used = new HashSet<>();
    for (Parameter parameter : layout.all()) {
      Optional<ParameterGroup> first =
          stated.stream().filter(group -> group.matches(parameter.name())).findFirst();
      first.ifPresent(used::add);
      groups.put(parameter.name(), first.orElse(OTHERS));
    }
    for (int i = 0; i < stated.size(); i++) {
      if (!used.contains(stated.get(i)) || stated.indexOf(stated.get(i)) < i) {
        throw new RequestException(unused(i, stated.get(i)));
      }
    }
    this.frozen = Frozen.where(layout, parameter -> group(parameter).frozen());
    if (runs(0, layout.trainableLength()).isEmpty()) {
      throw new RequestException(
          "parameters: every parameter is frozen, so nothing is left to train");
    }
  }

  /** Why a group is refused. */
  private String unused(int number, ParameterGroup group) {
    String key = String.format(Locale.ROOT, "parameters[%d].match: %s", number, group.match());
    if (layout.all().stream().anyMatch(parameter -> group.matches(parameter.name()))) {
      return key
          + " fits only parameters that an earlier pattern has already; the first that fits counts";
    }
    Set<String> known = new TreeSet<>();
    for (Parameter parameter : layout.all()) {
      String name = parameter.name();
      known.add(name);
      for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
        known.add(name.substring(0, dot) + ".*");
      }
    }
    String near =
        Names.nearest(group.match(), known)
            .map(name -> "; did you mean " + name + "?")
            .orElseGet(
                () ->
                    "; the names begin with "
                        + String.join(
                            ", ",
                            new TreeSet<>(
                                known.stream().map(name -> name.split("\\.", 2)[0]).toList())));
    return key + " fits no parameter of " + graph.name() + near;
  }

  private ParameterGroup group(Parameter parameter) {
    ParameterGroup group = groups.get(parameter.name());
    return group == null ? OTHERS : group;
  }

  /** The tensors that are not trained. */
  Frozen frozen() {
    return frozen;
  }

  /**
   * The elements that weight decay applies to: those of weights, and of norms and biases too if the
   * optimizer says so, but for groups that do not decay.
   */
  DecayMask decays(boolean normsAndBiases) {
    List<DecayMask.Range> ranges = new ArrayList<>();
    for (Parameter parameter : layout.all()) {
      boolean asked = normsAndBiases || parameter.kind() == ParameterKind.WEIGHT;
      boolean granted = group(parameter).decay() && !group(parameter).frozen();
      if (parameter.kind().trainable() && asked && granted) {
        ranges.add(new DecayMask.Range(parameter.offset(), parameter.end()));
      }
    }
    return new DecayMask(ranges);
  }

  /**
   * The units that are clipped on their own: for each output of a layer the weights that lead to
   * it, and whole norms and biases.
   *
   * @param except patterns of the names of parameters that are left out
   * @throws RequestException if a pattern fits no parameter
   */
  Units units(List<String> except) {
    for (String pattern : except) {
      if (layout.all().stream().noneMatch(each -> ParameterGroup.matches(pattern, each.name()))) {
        throw new RequestException(
            "adaptive-clipping.except: " + pattern + " fits no parameter of " + graph.name());
      }
    }
    LongStream.Builder starts = LongStream.builder();
    LongStream.Builder ends = LongStream.builder();
    for (Parameter parameter : layout.all()) {
      boolean left = except.stream().anyMatch(p -> ParameterGroup.matches(p, parameter.name()));
      if (!parameter.kind().trainable() || group(parameter).frozen() || left) {
        continue;
      }
      int rows = parameter.shape().rank() > 1 ? parameter.shape().dimension(0) : 1;
      long length = parameter.length() / rows;
      for (int row = 0; row < rows; row++) {
        starts.add(parameter.offset() + row * length);
        ends.add(parameter.offset() + (row + 1) * length);
      }
    }
    return new Units(starts.build().toArray(), ends.build().toArray());
  }

  /** What is trained of the elements {@code from} to {@code to}, ascending. */
  List<Run> runs(long from, long to) {
    List<Run> runs = new ArrayList<>();
    for (Parameter parameter : layout.all()) {
      long start = Math.max(from, parameter.offset());
      long end = Math.min(to, parameter.end());
      if (start >= end || !parameter.kind().trainable() || group(parameter).frozen()) {
        continue;
      }
      double rate = group(parameter).rate();
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).to() == start && runs.get(last).rate() == rate) {
        runs.set(last, new Run(runs.get(last).from(), end, rate));
      } else {
        runs.add(new Run(start, end, rate));
      }
    }
    return runs;
  }

  /**
   * The layout of the flat vector, which says what of it never moves: frozen tensors, and the
   * statistics of frozen norms.
   */
  VectorLayout vector(int chunkFloats) {
    List<VectorLayout.Range> still = new ArrayList<>();
    List<VectorLayout.Matrix> matrices = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<Parameter> tensors = layout.of(graph, node);
      for (Parameter parameter : tensors) {
        boolean stays =
            parameter.kind().trainable() ? frozen.contains(parameter) : frozen.norm(tensors);
        if (stays) {
          still.add(new VectorLayout.Range(parameter.offset(), parameter.end()));
        } else if (parameter.kind() == ParameterKind.WEIGHT && parameter.shape().rank() > 1) {
          matrices.add(matrix(parameter));
        }
      }
    }
    return new VectorLayout(
        layout.trainableLength(), layout.length(), chunkFloats, still, matrices);
  }

  /** A weight as a matrix of its first dimension, the outputs, by all others. */
  private static VectorLayout.Matrix matrix(Parameter weight) {
    int rows = weight.shape().dimension(0);
    return new VectorLayout.Matrix(weight.offset(), rows, Math.toIntExact(weight.length() / rows));
  }
}
