package org.convoy.driver.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import scala.util.Properties$;

/**
 * Executors that are processes of their own on this machine: Spark's local cluster, on the class
 * path of the tests. {@code SPARK_HOME} names an empty folder, in which they work.
 */
public final class ProcessCluster {
  private ProcessCluster() {}

  /**
   * Settings of such a cluster.
   *
   * @param megabytes of each executor's heap
   * @param javaOptions of an executor, on top of those that name its log
   */
  public static SparkConf settings(int executors, int megabytes, String javaOptions)
      throws IOException {
    // Spark looks for jars there.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return new SparkConf()
        .setMaster("local-cluster[" + executors + ",1," + megabytes + "]")
        .setAppName("processes")
        .set("spark.driver.host", "localhost")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.executor.memory", megabytes + "m")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set(
            "spark.executor.extraJavaOptions",
            "-Dlog4j2.configurationFile="
                + System.getProperty("log4j2.configurationFile")
                + " "
                + javaOptions)
        .set("spark.executorEnv.SPARK_SCALA_VERSION", scala())
        .set("spark.executorEnv.OMP_NUM_THREADS", "1");
  }

  /** The version of Scala in the names of Spark's jars. */
  public static String scala() {
    String full = Properties$.MODULE$.versionNumberString();
    return full.substring(0, full.lastIndexOf('.'));
  }

  /** The executors' processes. */
  public static List<ProcessHandle> executors() {
    return ProcessHandle.current().descendants().filter(ProcessCluster::isExecutor).toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      // The handle itself does not tell long command lines.
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException e) {
      return false;
    }
  }
}
