package org.convoy.ml;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.driver.training.TrainingRequest;
import org.convoy.driver.training.TrainingSession;
import org.convoy.kernels.NativeMemory;

/**
 * Trains a network on a data frame of images and labels.
 *
 * <p>A fit makes a folder {@code fit-1}, {@code fit-2} and on in the folder {@code output}. It
 * writes the images once into {@code fit-N/images}, as tars, and trains from them as {@code convoy
 * train} does, on the executors that the session has, into {@code fit-N/run}: the saved model, the
 * report, the checkpoints. What is not a parameter here is a key of the recipe, in {@code recipe}
 * or {@code settings}. Fits of one driver run one after the other, for a run takes every executor.
 *
 * <p>A network's input is made of an image by a random crop and flip in training, and by a resize
 * and a crop of the centre otherwise, unless a recipe or {@code image.train} in {@code settings}
 * says how.
 */
public final class ConvoyClassifier extends Estimator<ConvoyClassificationModel>
    implements ImageColumns<ConvoyClassifier>, ClassifierSettings<ConvoyClassifier>, MLWritable {
  private static final long serialVersionUID = 1L;
  private static final Object ONE_FIT = new Object();

  private final String uid;
  private final transient ColumnParams columns;
  private final transient ClassifierParams params;

  public ConvoyClassifier() {
    this(Identifiable$.MODULE$.randomUID("convoyClassifier"));
  }

  /** A classifier with this name among the stages of a pipeline. */
  public ConvoyClassifier(String uid) {
    this.uid = uid;
    this.columns = new ColumnParams(this);
    this.params = new ClassifierParams(this);
  }

  /**
   * Trains.
   *
   * @throws org.convoy.settings.RequestException if the recipe, the session's settings and the data
   *     do not fit together
   * @throws IllegalStateException if the run cannot go on
   */
  @Override
  public ConvoyClassificationModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    if (!isDefined(output())) {
      throw new IllegalArgumentException(
          "output: expected a folder for the runs, which all executors reach, got none");
    }
    synchronized (ONE_FIT) {
      try {
        ConvoyClassificationModel model = train(dataset.toDF());
        return copyValues(model, ParamMap.empty()).setParent(this);
      } catch (TrainingFailedException e) {
        throw new IllegalStateException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UncheckedIOException(new InterruptedIOException("the fit was stopped"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ConvoyClassificationModel train(Dataset<Row> rows)
      throws IOException, InterruptedException, TrainingFailedException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    NativeMemory.unlimited();
    Configuration hadoop = spark.hadoopConfiguration();
    boolean validated = !getValidationIndicatorCol().isEmpty();
    Path output = ModelFolder.qualify(getOutput(), hadoop);
    Recipe recipe = ClassifierRecipe.of(this, validated);
    SparkSettings.check(spark.getConf());
    SparkCluster cluster = new SparkCluster(spark);
    TrainingRequest unplaced =
        new TrainingRequest(output.toString(), executors(spark.getConf(), recipe), false);
    unplaced.check(recipe);
    TrainingTable table = new TrainingTable(rows, getImageCol(), getLabelCol());
    table.checkClasses();
    Path folder = newFolder(output, hadoop);
    Terminal terminal = Terminal.of(System.err, true);
    String images = folder + "/images";
    if (validated) {
      table.where(getValidationIndicatorCol(), true).pack(images + "/validation", terminal);
      table.where(getValidationIndicatorCol(), false).pack(images + "/train", terminal);
    } else {
      table.pack(images + "/train", terminal);
    }
    RunSummary summary =
        new TrainingSession(
                cluster,
                ClassifierRecipe.at(images, recipe),
                new TrainingRequest(folder + "/run", unplaced.executors(), false),
                terminal)
            .run();
    return ConvoyClassificationModel.of(
        uid, String.valueOf(summary.outputs().get("model")), hadoop);
  }

  private int executors(SparkConf conf, Recipe recipe) {
    if (getExecutors() > 0) {
      return getExecutors();
    }
    boolean anyNumber = conf.get("spark.master", "").equals("local[*]");
    return Math.min(recipe.groups(), anyNumber ? 1 : SparkSettings.executors(conf));
  }

  private static Path newFolder(Path output, Configuration hadoop) throws IOException {
    FileSystem files = output.getFileSystem(hadoop);
    int number = 1;
    while (files.exists(new Path(output, "fit-" + number))) {
      number++;
    }
    Path folder = new Path(output, "fit-" + number);
    if (!files.mkdirs(folder)) {
      throw new IOException("cannot make the folder " + folder);
    }
    return folder;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return OutputColumns.add(schema, this);
  }

  @Override
  public ConvoyClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ColumnParams columns() {
    return columns;
  }

  @Override
  public ConvoyClassifier self() {
    return this;
  }

  @Override
  public MLWriter write() {
    return new DefaultParamsWriter(this);
  }

  /** Reads what {@link #write} wrote. */
  public static MLReader<ConvoyClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@link #save} wrote. */
  public static ConvoyClassifier load(String path) {
    return read().load(path);
  }

  @Override
  public ClassifierParams classifierParams() {
    return params;
  }
}
