package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.convoy.driver.config.ExecutorSettings;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Examples;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.evaluation.NativeBudget.Part;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.Shares;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.kernels.Backend;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.task.MaskedAutoencoder;

/** The native memory that an executor of a training run takes. */
final class TrainingBudget {
  private TrainingBudget() {}

  /** The budget of the executor that takes the most. */
  public static NativeBudget of(RunSpec spec, Backend backend, int executors, ExecutorSize size) {
    Recipe recipe = spec.recipe();
    Graph graph = spec.graph();
    Parameters layout = Parameters.of(graph);
    Precision precision = AgreedPrecision.asked(recipe);
    ParameterGroups groups = new ParameterGroups(recipe.parameters(), graph);
    if (recipe.adaptiveClipping().on()) {
      groups.units(recipe.adaptiveClipping().except());
    }
    PlanRequest training = Backpropagation.request(spec, precision, groups.frozen());
    PlanRequest evaluation = PlanRequest.inference(spec.microBatchSize()).precision(precision);
    List<Graph> resolutions =
        spec.inputs().stream().map(input -> spec.trainedLast(graph.at(input))).toList();
    long plans =
        largest(resolutions, at -> NativeBudget.plan(at, backend, training, size.cores()))
            + (recipe.data().validated()
                ? NativeBudget.plan(graph, backend, evaluation, size.cores())
                : 0);
    List<Part> parts = new ArrayList<>(NativeBudget.process(size));
    parts.add(new Part("plans", plans));
    if (recipe.data().cacheBytes() > 0) {
      parts.add(new Part("data.cache", recipe.data().cacheBytes()));
    }
    parts.add(new Part("parameters and gradient", 2 * Float.BYTES * layout.length()));
    parts.add(
        new Part(
            "examples of the saved model",
            NativeBudget.plan(graph, backend, Examples.request(), size.cores())));
    GivenModels.Given given = spec.models().teacher();
    if (given.there()) {
      Graph teacher = Graph.fromJson(given.graphJson());
      PlanRequest request = Teacher.request(spec, precision);
      List<Graph> teachers = spec.inputs().stream().map(teacher::at).toList();
      long plan = largest(teachers, at -> NativeBudget.plan(at, backend, request, size.cores()));
      parts.add(new Part("teacher", plan + Float.BYTES * Parameters.of(teacher).length()));
    }
    if (!graph.outputs().isEmpty()) {
      long main = Parameters.of(graph.main()).length();
      parts.add(new Part("model without auxiliary outputs", Float.BYTES * main));
    }
    if (recipe.adversarial().steps() > 0) {
      long bytes =
          largest(resolutions, at -> AdversarialPass.bytes(at.inputShape(), spec.places()));
      parts.add(new Part("images before the attack", bytes));
    }
    if (recipe.task() instanceof MaskedAutoencoder) {
      long pixels = graph.outputShape().elements() * spec.places();
      parts.add(new Part("pixels to restore, and the loss's gradient", 2 * Float.BYTES * pixels));
    }
    if (recipe.sharpness().on()) {
      parts.add(new Part("parameters of the second pass", SharpnessPass.bytes(layout)));
    }
    if (recipe.checkpoint().best()) {
      parts.add(new Part("weights of the best epoch", Float.BYTES * layout.length()));
    }
    parts.addAll(combining(spec, groups.vector(recipe.exchange().chunkFloats()), executors));
    LoaderOptions loading = recipe.data().loading(spec.places(), size.cores());
    List<Part> images =
        NativeBudget.images(largest(resolutions, NativeBudget::imageBytes), loading);
    parts.addAll(images);
    int others = recipe.data().validated() ? recipe.validation().views().crops() - 1 : 0;
    if (others > 0) {
      long each = images.stream().mapToLong(Part::bytes).sum();
      parts.add(new Part("other views in validation", others * each));
    }
    return new NativeBudget(parts);
  }

  /** Of resolutions that follow one another only one is there at a time. */
  static long largest(List<Graph> resolutions, ToLongFunction<Graph> bytes) {
    return resolutions.stream().mapToLong(bytes).max().orElseThrow();
  }

  /**
   * What combining takes, the state of the optimizer and of averages, and what is copied for a
   * checkpoint: the most of any rank.
   */
  private static List<Part> combining(RunSpec spec, VectorLayout vector, int executors) {
    Recipe recipe = spec.recipe();
    Combination combination = recipe.exchange().combine();
    List<MicroBatches> ranges = ranges(spec, executors);
    List<Part> parts = new ArrayList<>();
    if (FreshStatistics.wanted(recipe)) {
      long fresh = most(ranges, range -> FreshStatistics.bytes(range, vector));
      parts.add(new Part("averaged weights", fresh));
    }
    long optimizer =
        OwnedChunks.bytesPerParameter(recipe)
            * most(ranges, range -> combination.updated(range, executors, vector));
    long copy =
        recipe.checkpoint().inBackground()
            ? Float.BYTES * vector.length()
                + optimizer
                + most(ranges, range -> combination.stateBytes(range, executors, vector))
            : 0;
    parts.add(new Part("sums", most(ranges, range -> combination.bytes(range, executors, vector))));
    parts.add(new Part("optimizer", optimizer));
    parts.add(new Part("copy for checkpoints", copy));
    return parts;
  }

  /**
   * The ranges that an executor may have. Where micro-batches are dealt by measured speed, all
   * other executors may have one group each.
   */
  static List<MicroBatches> ranges(RunSpec spec, int executors) {
    if (executors == 1 || spec.recipe().executors().balance() == ExecutorSettings.Balance.EQUAL) {
      return IntStream.range(0, executors)
          .mapToObj(rank -> MicroBatches.range(rank, executors, spec.microBatches(), spec.groups()))
          .toList();
    }
    int most = spec.groups() - executors + 1;
    return IntStream.range(0, executors)
        .mapToObj(
            rank -> {
              List<Integer> counts = new ArrayList<>(Collections.nCopies(executors, 1));
              counts.set(rank, most);
              return new Shares(counts).range(rank, spec.microBatches());
            })
        .toList();
  }

  static long most(List<MicroBatches> ranges, ToLongFunction<MicroBatches> bytes) {
    return ranges.stream().mapToLong(bytes).max().orElseThrow();
  }
}
