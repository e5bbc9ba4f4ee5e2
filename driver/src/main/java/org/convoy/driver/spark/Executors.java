package org.convoy.driver.spark;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.settings.RequestException;
import scala.collection.JavaConverters;

/** Counts the executors, and checks that their settings fit a run. */
final class Executors {
  private static final long POLL_MILLIS = 100;

  private final JavaSparkContext spark;

  Executors(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** Whether tasks run inside the driver. */
  boolean local() {
    return spark.sc().isLocal();
  }

  /**
   * The number of live executors; with a local master, the number of tasks that it runs at once.
   */
  int alive() {
    if (local()) {
      return spark.sc().defaultParallelism();
    }
    // Counts the executors that Spark would give a task, and not those that it is about to end.
    return spark
        .sc()
        .maxNumConcurrentTasks(spark.sc().resourceProfileManager().defaultResourceProfile());
  }

  /** Waits until none of these executors is alive, or the time is over. */
  void awaitGone(Collection<String> executorIds, double seconds) throws InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end
        && JavaConverters.seqAsJavaList(spark.sc().getExecutorIds()).stream()
            .anyMatch(executorIds::contains)) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * Checks that Spark's settings give one task per executor.
   *
   * @throws RequestException if settings do not fit; the message names them
   */
  static void check(SparkConf conf) {
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new RequestException(
          "spark.dynamicAllocation.enabled is true, expected false: a run keeps its executors to its end");
    }
    String master = conf.get("spark.master", "");
    if (master.startsWith("local[") || master.equals("local")) {
      return;
    }
    int task = conf.getInt("spark.task.cpus", 1);
    int executor = conf.getInt("spark.executor.cores", localClusterCores(master));
    if (task != executor) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "spark.task.cpus is %d and spark.executor.cores is %d, expected equal numbers: one task takes a whole executor",
              task,
              executor));
    }
  }

  /**
   * The cores of {@code local-cluster[executors,cores,memory]}; 1 for other masters, which is
   * YARN's default.
   */
  private static int localClusterCores(String master) {
    if (!master.startsWith("local-cluster[")) {
      return 1;
    }
    String[] parts = master.substring(master.indexOf('[') + 1, master.indexOf(']')).split(",", -1);
    return Integer.parseInt(Arrays.asList(parts).get(1).strip());
  }
}
