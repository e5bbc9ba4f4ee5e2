package org.convoy.clusters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What the build leaves behind: Convoy's jar for one line of Spark, and the jars of that Spark. */
final class Packaged {
  /** The checkout. */
  static final Path HOME = Path.of(System.getProperty("convoy.home", ".."));

  /** Spark's jars as Maven fetched them, in a folder {@code jars}. */
  static final Path SPARK =
      Path.of(System.getProperty("convoy.spark", HOME + "/jobs/target/spark"))
          .toAbsolutePath()
          .normalize();

  private Packaged() {}

  /** Convoy's jar. */
  static Path jar() {
    Path built = HOME.resolve("jobs/target/convoy.jar");
    return Path.of(System.getProperty("convoy.jar", built.toString())).toAbsolutePath().normalize();
  }

  /** The version of Scala that this Spark is of. */
  static String scala() {
    return System.getProperty("convoy.scala", "2.12");
  }

  /** The folder of Spark's jars. */
  static Path sparkJars() {
    return SPARK.resolve("jars");
  }

  /** The same Spark as an installation: its jars, and the script by which users submit. */
  static Path installSpark(Path folder) throws IOException {
    Path home = Files.createDirectories(folder);
    Files.createSymbolicLink(home.resolve("jars"), sparkJars());
    Path submit = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        submit,
        "#!/bin/sh\nexec '"
            + Path.of(System.getProperty("java.home"), "bin/java")
            + "' -Xmx1g $SPARK_SUBMIT_OPTS @'"
            + HOME.resolve("conf/jvm.options").toAbsolutePath()
            + "' -cp \"$HADOOP_CONF_DIR:$SPARK_HOME/jars/*\""
            + " org.apache.spark.deploy.SparkSubmit \"$@\"\n");
    Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }
}
