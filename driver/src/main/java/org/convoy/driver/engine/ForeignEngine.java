package org.convoy.driver.engine;

import java.util.Locale;
import java.util.ServiceLoader;
import org.convoy.graph.Graph;
import org.convoy.optim.Optimizer;
import org.convoy.settings.RequestException;
import org.convoy.settings.Variants;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains with another program. Its jar names the implementation as a service. */
public interface ForeignEngine {
  /** Whether this is the implementation of a recipe's choice. */
  boolean is(Engine engine);

  /**
   * Refuses what the other program cannot express.
   *
   * @throws RequestException naming the op or the key
   */
  void check(Graph graph, Optimizer optimizer);

  /** Begins a run on the executors of this process's Spark application. */
  Session open(EngineRun run);

  /** A run that has begun. */
  interface Session extends AutoCloseable {
    /** The number of steps that one call of {@link #train} takes at most. */
    long stepsAtOnce();

    /**
     * Trains on the global batches of some steps.
     *
     * @param from the first step
     * @param to one past the last step
     * @return the mean loss of the last step that the program measured
     */
    double train(long from, long to);

    /** Writes parameters and running statistics into a flat vector. */
    void copyTo(INDArray parameters);

    @Override
    void close();
  }

  /**
   * The implementation of a recipe's choice.
   *
   * @throws RequestException if its jar is not on the class path
   */
  static ForeignEngine of(Engine engine) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return ServiceLoader.load(ForeignEngine.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .filter(each -> each.is(engine))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException(
                    String.format(
                        Locale.ROOT,
                        "engine.name: expected the jar of %s on the class path, which deploy/convoy"
                            + " train builds and adds, got none",
                        Variants.name(engine.getClass()))));
  }
}
