package org.convoy.jobs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.settings.RequestException;
import picocli.CommandLine.ExitCode;

/**
 * The Spark context of one command. Opening it reports in one line what Spark reports in a stack
 * trace. Closing it ends the log, so that late messages of Spark's threads do not follow the output
 * of the command.
 */
final class Cluster implements AutoCloseable {
  /**
   * The least memory that Spark's memory manager accepts: one and a half times the 300 MiB that it
   * reserves.
   */
  private static final long LEAST_MEMORY = 450L << 20;

  private static final String GPUS = "spark.executor.resource.gpu.amount";
  private static final String PATIENCE = "spark.scheduler.maxRegisteredResourcesWaitingTime";
  private static final int ANSWER_MILLIS = 10_000;
  private static final long POLL_MILLIS = 100;

  private final JavaSparkContext spark;
  private int exitCode = ExitCode.SOFTWARE;

  private Cluster(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * The settings of Spark that a command was started with.
   *
   * @param command as the user knows it; its first word names the application
   * @throws RequestException if it was not started on Spark
   */
  static SparkConf settings(String command) {
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      throw new RequestException(
          command + " runs on Spark: start it with deploy/convoy or spark-submit");
    }
    conf.setIfMissing("spark.app.name", "convoy " + command.split(" ", 2)[0]);
    return conf;
  }

  /**
   * Starts Spark and waits for the first executor.
   *
   * @throws RequestException if a setting of Spark is not valid
   * @throws ClusterException if the master does not answer or no executor starts
   */
  static Cluster open(SparkConf conf) throws ClusterException, InterruptedException {
    requireMemory(conf);
    requireMaster(conf.get("spark.master", ""));
    long patience =
        read(conf, PATIENCE, "a time such as 120s", () -> conf.getTimeAsSeconds(PATIENCE, "30s"));
    long end = System.nanoTime() + patience * 1_000_000_000L;
    Cluster cluster = new Cluster(start(conf));
    try {
      cluster.awaitExecutor(end, patience);
      return cluster;
    } catch (ClusterException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * Notes that the command did its work. Without this, YARN counts the application as failed, as
   * the one who submitted it does.
   */
  void succeeded() {
    exitCode = ExitCode.OK;
  }

  JavaSparkContext spark() {
    return spark;
  }

  private static JavaSparkContext start(SparkConf conf) throws ClusterException {
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) { // Scala throws exceptions that it does not declare
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      if (message.startsWith("Could not parse Master URL")) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "--master is %s, expected yarn, spark://HOST:PORT, k8s://URL, or nothing for"
                    + " executors on this machine",
                conf.get("spark.master", "")),
            e);
      }
      if (message.contains("stopped while waiting for backend")) {
        throw new ClusterException(
            "Spark gave up before an executor started: executors do not start, or the master"
                + " stopped; their logs show the reason",
            e);
      }
      if (e instanceof IllegalArgumentException) { // Spark's check of the settings
        throw new RequestException(message, e);
      }
      throw new ClusterException("Spark does not start: " + message + reason(e), e);
    }
  }

  /** Whether Spark is to give executors GPUs. */
  static boolean hasGpus(SparkConf conf) {
    return conf.getInt(GPUS, 0) > 0;
  }

  /** What lies behind an exception, where its own message does not say it. */
  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null && last.getCause() != last) {
      last = last.getCause();
    }
    return last == e ? "" : " (" + last.toString().lines().findFirst().orElse("") + ")";
  }

  /** Waits for an executor. Without this, jobs would wait for executors forever. */
  private void awaitExecutor(long end, long seconds) throws ClusterException, InterruptedException {
    SparkConf conf = spark.getConf();
    // The driver counts as one.
    while (!spark.sc().isLocal() && spark.sc().statusTracker().getExecutorInfos().length < 2) {
      if (spark.sc().isStopped() || System.nanoTime() > end) {
        throw new ClusterException(
            String.format(
                Locale.ROOT,
                "no executor started within %d s: %s does not have %s cores and %s of memory free,"
                    + " or executors do not start (their logs show the reason); %s waits longer",
                seconds,
                conf.get("spark.master"),
                conf.get("spark.executor.cores", "1"),
                conf.get("spark.executor.memory", "1g"),
                PATIENCE));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * Checks the memory settings early. Spark itself refuses them only after it has started, with a
   * stack trace.
   */
  static void requireMemory(SparkConf conf) {
    requireMemory("spark.driver.memory", Runtime.getRuntime().maxMemory());
    requireExecutorMemory(conf);
  }

  /** Checks only what the executors' setting says. */
  static void requireExecutorMemory(SparkConf conf) {
    String key = "spark.executor.memory";
    long bytes = read(conf, key, "a size such as 4g", () -> conf.getSizeAsBytes(key, "1g"));
    requireMemory(key, bytes);
  }

  /** Reads a setting. The error for a value that Spark does not accept states the expected form. */
  private static long read(SparkConf conf, String key, String expected, LongSupplier value) {
    try {
      return value.getAsLong();
    } catch (IllegalArgumentException e) {
      throw new RequestException(key + ": expected " + expected + ", got " + conf.get(key), e);
    }
  }

  private static void requireMemory(String key, long bytes) {
    if (bytes < LEAST_MEMORY) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s: expected at least %dm, got %dm: give --conf %s=1g",
              key,
              LEAST_MEMORY >> 20,
              bytes >> 20,
              key));
    }
  }

  /**
   * Connects to the machines of {@code spark://HOST:PORT,HOST:PORT}. Spark itself would try for a
   * minute.
   */
  static void requireMaster(String master) throws ClusterException {
    if (!master.startsWith("spark://")) {
      return;
    }
    List<String> silent = new ArrayList<>();
    for (String each : master.substring("spark://".length()).split(",")) {
      URI address = RequestException.asked(() -> URI.create("spark://" + each));
      if (address.getHost() == null || address.getPort() < 1) {
        throw new RequestException("--master: expected spark://HOST:PORT, got " + master);
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), ANSWER_MILLIS);
        return;
      } catch (IOException e) {
        silent.add(each + " (" + e.getMessage() + ")");
      }
    }
    throw new ClusterException(
        "the master does not answer: "
            + String.join(", ", silent)
            + "; check that it runs, and that --master names its host and port");
  }

  @Override
  public void close() {
    // In a separate process, made by spark-submit, nothing of interest is logged after this.
    if (System.getProperty("spark.submit.deployMode") != null && !ApplicationMaster.isHere()) {
      LogManager.shutdown();
      StandardError.silenceAll();
    }
    spark.sc().stop(exitCode);
  }
}
