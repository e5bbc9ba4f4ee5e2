package org.convoy.driver.spark;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.ScanJobs;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The executors of a Spark application. Runs work on them. */
public final class SparkCluster {
  private final JavaSparkContext spark;
  private final Executors executors;

  /**
   * @param spark a context whose settings {@link SparkSettings} prepared; the caller stops it
   * @throws org.convoy.settings.RequestException if Spark's settings do not fit
   */
  public SparkCluster(JavaSparkContext spark) {
    Executors.check(spark.getConf());
    this.spark = spark;
    this.executors = new Executors(spark);
  }

  /** The name of this application with its cluster manager. */
  public String applicationId() {
    return spark.sc().applicationId();
  }

  /** The settings by which file systems are reached. */
  public Configuration hadoop() {
    return spark.hadoopConfiguration();
  }

  /** Lists data sets on the executors. */
  public ScanJobs scanJobs() {
    return new SparkScanJobs(spark);
  }

  /** Whether Spark gives each executor a GPU. */
  public boolean executorsHaveGpus() {
    return Executors.gpus(spark.getConf()) > 0;
  }

  /** Cores and memory of each executor. */
  public ExecutorSize executorSize() {
    return ExecutorSize.of(spark.getConf());
  }

  /**
   * The number of executors that Spark was asked for.
   *
   * @throws org.convoy.settings.RequestException if no setting states it
   */
  public int wanted() {
    return SparkSettings.executors(spark.getConf());
  }

  /**
   * Waits silently until the wanted number of executors is alive, or the time is over. {@link
   * ExecutorWait} says what it waits for.
   *
   * @return the number that is alive then, at most the wanted number
   */
  public int await(int wanted, double seconds) throws InterruptedException {
    return executors.await(wanted, seconds);
  }

  /** The number of executors that could be given a task now. */
  public int alive() {
    return executors.alive();
  }

  /** What the cluster manager says of the queue of this application, if it says anything. */
  public Optional<String> queue() {
    return spark.getConf().get("spark.master", "").equals("yarn")
        ? YarnQueue.describe(spark.sc().applicationId(), spark.hadoopConfiguration())
        : Optional.empty();
  }

  /** Whether executors are separate processes, which can be replaced. */
  public boolean replaceable() {
    return !executors.local();
  }

  /** Kills executors and has Spark start others in their place. */
  public void replace(Collection<String> executorIds) {
    executorIds.forEach(spark.sc()::killAndReplaceExecutor);
  }

  /** Waits until executors that are about to end are gone, or the time is over. */
  public void awaitGone(Collection<String> executorIds, double seconds)
      throws InterruptedException {
    executors.awaitGone(executorIds, seconds);
  }

  /** Ends all running work. */
  public void cancel() {
    spark.sc().cancelAllJobs();
  }

  /** Makes a value known to every executor. */
  public <T> Shared<T> share(T value) {
    return new Shared<>(spark.broadcast(value));
  }

  /**
   * Runs a barrier stage: tasks that all run at the same time, one per executor. Spark repeats none
   * of them.
   *
   * @param name of the attempt, different from all others that run at the same time
   * @param title as Spark's pages show it
   * @return the result of each task, by rank @throws StageFailedException if a task failed or its
   *     executor was lost
   */
  public <R> List<R> barrier(
      String name, String title, int size, RankTask<R> task, StageListener listener)
      throws StageFailedException, InterruptedException {
    // Without Spark's authentication anybody may send to the driver: the name is not to be guessed.
    String link = "convoy-" + spark.sc().applicationId() + "-" + name + "-" + UUID.randomUUID();
    Losses losses = new Losses(listener);
    spark.sc().addSparkListener(losses);
    try (DriverLink open = DriverLink.open(link, listener)) {
      @SuppressWarnings("unchecked") // Spark needs the class only to make arrays.
      ClassTag<R> tag = (ClassTag<R>) ClassTag$.MODULE$.AnyRef();
      RDD<Integer> places = places(size).rdd();
      spark.setJobDescription(title);
      RDD<R> results =
          places
              .barrier()
              .mapPartitions(new BarrierFunction<>(task, serializableHadoop(), link), false, tag);
      return collect(JavaRDD.fromRDD(results, tag), listener);
    } finally {
      spark.sc().removeSparkListener(losses);
    }
  }

  /**
   * Runs an ordinary job, one task per executor. Spark repeats the tasks of a lost executor.
   *
   * @param title as Spark's pages show it
   * @return the result of each task, by rank @throws StageFailedException if a task failed more
   *     often than Spark repeats it
   */
  public <R> List<R> job(String title, int size, RankTask<R> task)
      throws StageFailedException, InterruptedException {
    SerializableConfiguration hadoop = serializableHadoop();
    spark.setJobDescription(title);
    return collect(places(size).map(rank -> task.run(TaskPlace.ofJob(rank, size, hadoop.value()))));
  }

  private JavaRDD<Integer> places(int size) {
    return spark.parallelize(IntStream.range(0, size).boxed().toList(), size);
  }

  private SerializableConfiguration serializableHadoop() {
    return new SerializableConfiguration(spark.hadoopConfiguration());
  }

  /** Spark may report the loss of an executor after the failure that it caused. */
  private static <R> List<R> collect(JavaRDD<R> results, StageListener listener)
      throws StageFailedException, InterruptedException {
    try {
      return collect(results);
    } catch (StageFailedException e) {
      listener.failed();
      throw e;
    }
  }

  private static <R> List<R> collect(JavaRDD<R> results)
      throws StageFailedException, InterruptedException {
    try {
      return results.collect();
    } catch (Exception e) {
      // Scala throws checked exceptions that it does not declare.
      if (e instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new StageFailedException(e);
    }
  }

  /** Is told by Spark of lost executors. */
  private static final class Losses extends SparkListener {
    private final StageListener listener;

    Losses(StageListener listener) {
      this.listener = listener;
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      listener.lost(removed.executorId(), removed.reason());
    }
  }
}
