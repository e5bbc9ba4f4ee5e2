package org.convoy.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Spark's own rules of what an executor gets. */
final class ExecutorSizeTest {
  private static final long MIB = 1L << 20;

  @Test
  void withoutSettingsItIsWhatSparkGives() {
    assertEquals(
        new ExecutorSize(1, 1024 * MIB, 384 * MIB, false), size("local-cluster[2,1,1024]"));
  }

  @Test
  void theOverheadIsAPartOfTheHeapUnlessItIsStated() {
    assertEquals(
        new ExecutorSize(4, 8192 * MIB, (long) (0.1 * 8192 * MIB), true),
        size("yarn", "spark.executor.memory=8g", "spark.executor.cores=4"));
    assertEquals(
        8192 * MIB / 4,
        size("yarn", "spark.executor.memory=8g", "spark.executor.memoryOverheadFactor=0.25")
            .overheadBytes());
    assertEquals(
        3000 * MIB,
        size(
                "k8s://https://here",
                "spark.executor.memoryOverhead=3000",
                "spark.executor.memoryOverheadFactor=0.25")
            .overheadBytes());
  }

  @Test
  void yarnAndKubernetesWatchMemory() {
    assertEquals(true, size("yarn").watched());
    assertEquals(true, size("k8s://https://here").watched());
    assertEquals(false, size("spark://here:7077").watched());
  }

  private static ExecutorSize size(String master, String... settings) {
    SparkConf conf = new SparkConf(false).setMaster(master);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      conf.set(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return ExecutorSize.of(conf);
  }
}
