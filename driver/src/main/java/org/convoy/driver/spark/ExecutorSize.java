package org.convoy.driver.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;

/**
 * The cores and memory of an executor in Spark's settings.
 *
 * @param cores the number of cores that it computes on
 * @param heapBytes bytes of its Java heap
 * @param overheadBytes bytes that its container may take in addition to the heap
 * @param watched whether a cluster manager kills an executor that takes more
 */
public record ExecutorSize(int cores, long heapBytes, long overheadBytes, boolean watched) {
  private static final long MIB = 1L << 20;

  /** Spark's own rule where {@code spark.executor.memoryOverhead} is not set. */
  private static final long LEAST_OVERHEAD = 384 * MIB;

  private static final double OVERHEAD_FACTOR = 0.1;

  /** As the settings state it, by Spark's own rules where they state nothing. */
  public static ExecutorSize of(SparkConf conf) {
    long heap = MIB * JavaUtils.byteStringAsMb(conf.get("spark.executor.memory", "1g"));
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", OVERHEAD_FACTOR);
    long overhead =
        conf.contains("spark.executor.memoryOverhead")
            ? MIB * JavaUtils.byteStringAsMb(conf.get("spark.executor.memoryOverhead"))
            : Math.max(LEAST_OVERHEAD, (long) (factor * heap));
    String master = conf.get("spark.master", "");
    return new ExecutorSize(
        conf.getInt("spark.executor.cores", conf.getInt("spark.task.cpus", 1)),
        heap,
        overhead,
        master.startsWith("yarn") || master.startsWith("k8s"));
  }
}
