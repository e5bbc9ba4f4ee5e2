package org.convoy.driver.training;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;

/**
 * The native memory that an executor of a run takes, from the recipe alone: before there is a
 * cluster, and before the data set's classes are counted.
 */
public final class ExecutorDemand {
  /** More classes than this make the last layer larger than is asked for. */
  private static final int MANY_CLASSES = 1000;

  private final Recipe recipe;
  private final int executors;
  private final ExecutorSize size;

  /**
   * @param executors the number that take part
   */
  public ExecutorDemand(Recipe recipe, int executors, ExecutorSize size) {
    this.recipe = recipe;
    this.executors = executors;
    this.size = size;
  }

  /** What it takes at least: with two classes, without a teacher. */
  public NativeBudget least() {
    return of(2, GivenModels.NONE);
  }

  /**
   * What is enough for a data set of at most 1000 classes, or as many as the network's own.
   *
   * @throws IOException if the teacher cannot be read
   */
  public NativeBudget enough(Configuration hadoop) throws IOException {
    GivenModels given = GivenModels.NONE;
    if (recipe.distillation().on()) {
      String location = recipe.distillation().location();
      SavedModel teacher = ModelFolder.load(location, hadoop);
      try {
        given = new GivenModels(GivenModels.Given.NONE, GivenModels.Given.of(location, teacher));
      } finally {
        teacher.weights().close();
      }
    }
    int own = RequestException.asked(() -> Models.get(recipe.model().name())).classes();
    return of(Math.max(MANY_CLASSES, own), given);
  }

  /** What it takes of its GPU's memory at least; nothing if the recipe computes on processors. */
  public List<NativeBudget.Part> leastOfGpu() {
    Backend backend = Backends.get(recipe.backend().on(true));
    return DeviceBudget.of(spec(2, GivenModels.NONE), backend, executors).parts();
  }

  private NativeBudget of(int classes, GivenModels given) {
    return TrainingBudget.of(
        spec(classes, given), Backends.get(recipe.backend().on(false)), executors, size);
  }

  private RunSpec spec(int classes, GivenModels given) {
    Graph graph = graph(recipe, classes);
    int outputs = graph.outputShape().channels();
    return new RunSpec(
        recipe,
        graph.toJson(),
        recipe.task().labels(Collections.nCopies(classes, ""), outputs),
        recipe.batch().globalSize(),
        1,
        1,
        "",
        -1,
        "",
        DataDigests.of(),
        given,
        0);
  }

  /**
   * The recipe's network for a number of classes.
   *
   * @throws RequestException if the recipe's network is not known or cannot take its input
   */
  static Graph graph(Recipe recipe, int classes) {
    Models.Model model = RequestException.asked(() -> Models.get(recipe.model().name()));
    List<Integer> stated = recipe.model().input();
    Optional<Shape> input =
        stated.isEmpty()
            ? Optional.empty()
            : Optional.of(RequestException.asked(() -> new Shape(stated)));
    return TrainedNetwork.of(recipe, input.orElse(model.input()), classes);
  }
}
