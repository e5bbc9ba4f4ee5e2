package org.convoy.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RateTest;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.driver.sweep.RateFinder;
import org.convoy.driver.sweep.TrialRuns;
import org.convoy.driver.training.DataOutline;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.driver.training.TrainingRequest;
import org.convoy.driver.training.TrainingSession;
import org.convoy.settings.RequestException;

/**
 * The cluster on which the trials of a sweep, a search or a test of rates run, one after the other.
 */
final class TrialCluster implements AutoCloseable {
  private final String folder;
  private final Configuration hadoop;
  private final DataOutline data;
  private final Terminal terminal;
  private final Cluster cluster;
  private final SparkCluster spark;
  private final int executors;

  private TrialCluster(
      String folder,
      Configuration hadoop,
      DataOutline data,
      Terminal terminal,
      Cluster cluster,
      int executors) {
    this.folder = folder;
    this.hadoop = hadoop;
    this.data = data;
    this.terminal = terminal;
    this.cluster = cluster;
    this.spark = new SparkCluster(cluster.spark());
    this.executors = executors;
  }

  /**
   * Finds the data, and starts Spark.
   *
   * @param plain the recipe without a trial's values
   * @param folder of all trials, a Hadoop path
   * @param errors takes messages
   * @throws RequestException if there is no data
   */
  static TrialCluster open(Recipe plain, String folder, PrintWriter errors)
      throws IOException, ClusterException, InterruptedException {
    SparkConf conf = SparkSettings.prepare(new SparkConf(), plain);
    int executors = SparkSettings.executors(conf);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    FileSystems.require("data.uri", plain.data().location(), hadoop);
    FileSystems.require("--out", folder, hadoop);
    DrawnData.drawIfMissing(plain, hadoop, errors);
    Terminal terminal = Terminal.of(System.err, true);
    DataOutline data = DataOutline.of(plain, DataOutline.Stated.NOTHING, hadoop);
    if (!data.exists()) {
      throw new RequestException("data.uri: " + data.source().split(";", 2)[0]);
    }
    return new TrialCluster(folder, hadoop, data, terminal, Cluster.open(conf), executors);
  }

  /** The data of all trials. */
  DataOutline data() {
    return data;
  }

  /**
   * The runs.
   *
   * @param folds of a cross-validation of each trial; 0: each trial is one run
   */
  TrialRuns runs(int folds, TrialRuns.Recipes recipes) {
    return new TrialRuns(folder, folds, recipes, this::train, hadoop);
  }

  private RunSummary train(Recipe recipe, String place, boolean resume)
      throws IOException, InterruptedException, TrainingFailedException {
    TrainingRequest request = new TrainingRequest(place, executors, resume);
    return new TrainingSession(spark, recipe, request, terminal).run();
  }

  /** Trains with a rising learning rate. */
  RateTest rates(RateFinder finder, Recipe recipe)
      throws IOException, InterruptedException, TrainingFailedException {
    return finder.run(recipe, data.images(), this::train, hadoop);
  }

  /** Shows the user a line. */
  void tell(String line) {
    terminal.print(line);
  }

  /** Writes a file into the folder. */
  void write(String name, String text) throws IOException {
    Path file = new Path(folder, name);
    FileSystem files = file.getFileSystem(hadoop);
    try (OutputStream to = files.create(file, true)) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Notes that the trials are done and written. */
  void succeeded() {
    cluster.succeeded();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
