package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SparkLineTest {
  @Test
  void theJarOfTheLineFits() {
    assertEquals(Optional.empty(), SparkLine.mismatch("3.5", "3.5.5", "2.12.18"));
    assertEquals(Optional.empty(), SparkLine.mismatch("3.5", "3.5.0-vendor.7", "2.12.15"));
    assertEquals(Optional.empty(), SparkLine.mismatch("4", "4.0.1", "2.13.16"));
    assertEquals(Optional.empty(), SparkLine.mismatch("4", "4.2.0", "2.13.18"));
  }

  @Test
  void theOtherJarIsNamed() {
    assertEquals(
        "this jar of Convoy is for Spark 3.5, got Spark 4.0.1 with Scala 2.13.16: take"
            + " convoy-spark-4.jar",
        SparkLine.mismatch("3.5", "4.0.1", "2.13.16").orElseThrow());
    String back = SparkLine.mismatch("4", "3.5.5", "2.12.18").orElseThrow();
    assertTrue(back.endsWith("take convoy.jar"), back);
  }

  @Test
  void aSparkWithoutAJarIsRefused() {
    for (String[] other : new String[][] {{"3.5.5", "2.13.8"}, {"5.0.0", "2.13.16"}}) {
      String message = SparkLine.mismatch("3.5", other[0], other[1]).orElseThrow();
      assertTrue(message.contains(other[0]), message);
      assertTrue(message.endsWith("or Spark 4 with Scala 2.13"), message);
    }
  }

  @Test
  void classesOutsideAJarFitAnySpark() throws Exception {
    assertEquals(Optional.empty(), SparkLine.mismatch());
  }
}
