package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.inference.ConvoyModel;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.Backends;
import org.jspecify.annotations.Nullable;

/**
 * The saved models of this process that tasks share: one copy of each, for any number of tasks. A
 * model that nobody uses any more stays loaded until another one is asked for.
 */
public final class SharedModels {
  private static final List<Loaded> LOADED = new ArrayList<>();

  private SharedModels() {}

  /**
   * A model, loaded by the first who asks for it.
   *
   * @param location of its folder, a Hadoop path
   * @param weightsSha256 the digest of its weights, by which a model that was replaced is noticed
   * @param embedding whether it gives the features before its last layer too
   * @param gpu the GPU that Spark gave the task, on which the model computes; without one it
   *     computes as the options say
   * @throws org.convoy.settings.RequestException if there is no saved model
   * @throws IOException if it cannot be read, or has other weights
   */
  public static Lent lend(
      String location,
      String weightsSha256,
      InferenceOptions options,
      boolean embedding,
      OptionalInt gpu,
      Configuration hadoop)
      throws IOException {
    gpu.ifPresent(Backends::useGpu);
    InferenceOptions there = gpu.isPresent() ? options.backend("cudnn") : options;
    Key key = new Key(location, weightsSha256, there, embedding);
    synchronized (LOADED) {
      Loaded found = LOADED.stream().filter(each -> each.key.equals(key)).findFirst().orElse(null);
      if (found == null) {
        LOADED.removeIf(Loaded::closeIfIdle);
        found = new Loaded(key, open(key, hadoop));
        LOADED.add(found);
      }
      found.users++;
      return new Lent(found);
    }
  }

  /**
   * Refuses to predict where an executor lacks the memory for a shared model.
   *
   * @param location of the model's folder, a Hadoop path
   * @throws org.convoy.settings.RequestException if there is no saved model, or with the setting
   *     that helps
   */
  public static void requireMemory(
      String location, InferenceOptions options, ExecutorSize size, Configuration hadoop)
      throws IOException {
    SavedModel saved = ModelFolder.load(location, hadoop);
    try {
      NativeBudget.evaluation(
              saved.graph(),
              EvaluationTask.backend(false),
              options.precision(),
              new LoaderOptions(options.batch(), size.cores(), 1, OnBadImage.SKIP),
              1,
              size)
          .check(size);
    } finally {
      saved.weights().close();
    }
  }

  private static ConvoyModel open(Key key, Configuration hadoop) throws IOException {
    SavedModel saved = ModelFolder.load(key.location, hadoop);
    ConvoyModel model =
        key.embedding
            ? ConvoyModel.withEmbedding(saved, key.options, key.location)
            : ConvoyModel.of(saved, key.options, key.location);
    if (!model.weightsSha256().equals(key.weightsSha256)) {
      String got = model.weightsSha256();
      model.close();
      throw new IOException(
          key.location + ": expected weights of digest " + key.weightsSha256 + ", got " + got);
    }
    return model;
  }

  private record Key(
      String location, String weightsSha256, InferenceOptions options, boolean embedding) {}

  private static final class Loaded {
    private final Key key;
    private final ConvoyModel model;
    private int users;

    Loaded(Key key, ConvoyModel model) {
      this.key = key;
      this.model = model;
    }

    boolean closeIfIdle() {
      if (users == 0) {
        model.close();
      }
      return users == 0;
    }
  }

  /** A model in use by one task, until it is closed. */
  public static final class Lent implements AutoCloseable {
    private @Nullable Loaded loaded;

    private Lent(Loaded loaded) {
      this.loaded = loaded;
    }

    /** The model. Its owner is the process: do not close it. */
    public ConvoyModel model() {
      return Objects.requireNonNull(loaded, "given back").model;
    }

    /** Gives the model back. A second call does nothing. */
    @Override
    public void close() {
      synchronized (LOADED) {
        if (loaded != null) {
          loaded.users--;
          loaded = null;
        }
      }
    }
  }
}
