package org.convoy.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import scala.util.Properties$;

/**
 * A version of Spark that has a jar of Convoy of its own. Classes that were compiled for one do not
 * link with another, and Spark would report this late, on an executor.
 *
 * @param spark the version, as the jar's manifest names it
 * @param scala the version of Scala that this Spark is built with
 * @param jar the name of Convoy's jar
 */
record SparkLine(String spark, String scala, String jar) {
  private static final List<SparkLine> ALL =
      List.of(
          new SparkLine("3.5", "2.12", "convoy.jar"),
          new SparkLine("4", "2.13", "convoy-spark-4.jar"));

  /** In the jar of Spark, which writes it when it is built. */
  private static final String SPARK_VERSION = "/spark-version-info.properties";

  /**
   * Compares the jar of Convoy with the Spark on the class path.
   *
   * @return what does not fit; empty if all fits, or if Convoy is not in a jar or Spark not on the
   *     class path
   */
  static Optional<String> mismatch() throws IOException {
    String built = SparkLine.class.getPackage().getSpecificationVersion();
    try (InputStream file = SparkLine.class.getResourceAsStream(SPARK_VERSION)) {
      if (built == null || file == null) {
        return Optional.empty();
      }
      Properties version = new Properties();
      version.load(file);
      return mismatch(
          built, version.getProperty("version"), Properties$.MODULE$.versionNumberString());
    }
  }

  /**
   * @param built the version that the jar is for
   * @param spark the full version of the Spark that is there
   * @param scala the full version of its Scala
   */
  static Optional<String> mismatch(String built, @Nullable String spark, String scala) {
    Optional<SparkLine> found = ALL.stream().filter(line -> line.fits(spark, scala)).findFirst();
    if (spark == null || found.map(line -> line.spark.equals(built)).orElse(false)) {
      return Optional.empty();
    }
    return Optional.of(
        "this jar of Convoy is for Spark "
            + built
            + ", got Spark "
            + spark
            + " with Scala "
            + scala
            + found
                .map(line -> ": take " + line.jar)
                .orElse(": expected Spark 3.5 with Scala 2.12 or Spark 4 with Scala 2.13"));
  }

  private boolean fits(@Nullable String version, String scalaVersion) {
    // Spark 3.0 to 3.4 are not refused: they link with the jar for 3.5, but nobody has tried them.
    return version != null
        && version.startsWith(spark.charAt(0) + ".")
        && scalaVersion.startsWith(scala + ".");
  }
}
