package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Examples;
import org.convoy.driver.evaluation.NativeBudget.Part;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.settings.RequestException;

/**
 * The memory of its GPU that an executor of a training run takes, known before there is a GPU. Of
 * the scratch memory of cuDNN's engines, which only a GPU tells, it has the most that they may
 * take.
 *
 * @param parts the owners; nothing for a backend that computes in the host's memory
 */
record DeviceBudget(List<Part> parts) {
  private static final long MIB = 1L << 20;

  /** Copies the list. */
  DeviceBudget {
    parts = List.copyOf(parts);
  }

  /** The budget of the executor that takes the most. */
  static DeviceBudget of(RunSpec spec, Backend backend, int executors) {
    Recipe recipe = spec.recipe();
    Graph graph = spec.graph();
    Precision precision = AgreedPrecision.asked(recipe);
    ParameterGroups groups = new ParameterGroups(recipe.parameters(), graph);
    PlanRequest training = Backpropagation.request(spec, precision, groups.frozen());
    List<Graph> resolutions = spec.inputs().stream().map(graph::at).toList();
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Part(
            "training", TrainingBudget.largest(resolutions, at -> plan(backend, at, training))));
    if (recipe.data().validated()) {
      PlanRequest evaluation = PlanRequest.inference(spec.microBatchSize()).precision(precision);
      parts.add(new Part("validation", plan(backend, graph, evaluation)));
    }
    parts.add(new Part("examples of the saved model", plan(backend, graph, Examples.request())));
    GivenModels.Given given = spec.models().teacher();
    if (given.there()) {
      Graph teacher = Graph.fromJson(given.graphJson());
      PlanRequest request = Teacher.request(spec, precision);
      List<Graph> teachers = spec.inputs().stream().map(teacher::at).toList();
      parts.add(
          new Part("teacher", TrainingBudget.largest(teachers, at -> plan(backend, at, request))));
    }
    if (parts.stream().noneMatch(part -> part.bytes() > 0)) {
      return new DeviceBudget(List.of());
    }
    parts.add(
        new Part(
            "loss and pixels",
            TrainingBudget.largest(
                resolutions,
                at -> DevicePass.bytes(spec, at, given.there()) + DevicePixels.bytes(spec, at))));
    VectorLayout vector = groups.vector(recipe.exchange().chunkFloats());
    parts.add(
        new Part(
            "sums and optimizer",
            TrainingBudget.most(
                TrainingBudget.ranges(spec, executors),
                range ->
                    DeviceVectors.bytes(
                        recipe,
                        range,
                        vector,
                        recipe.exchange().combine().updated(range, executors, vector)))));
    return new DeviceBudget(parts);
  }

  private static long plan(Backend backend, Graph graph, PlanRequest request) {
    return backend.memory(graph, request).deviceBytes();
  }

  /** All owners together. */
  long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /**
   * Refuses a run that does not fit, if the recipe says how much memory a GPU has.
   *
   * @throws RequestException with what is needed and what there is
   */
  void check(Recipe recipe) {
    long there = recipe.executors().gpuMebibytes() * MIB;
    if (there > 0 && bytes() > there) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "executors.gpu-mebibytes: an executor needs %d MiB of its GPU's memory (%s), and has %d: take a smaller batch.micro-batch-size or activation-checkpointing = blocks",
              (bytes() + MIB - 1) / MIB,
              String.join(", ", parts.stream().map(Part::toString).toList()),
              recipe.executors().gpuMebibytes()));
    }
  }
}
