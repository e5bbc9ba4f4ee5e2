package org.convoy.jobs;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.convoy.settings.RequestException;

/** Checks at the start whether this Spark has the file system of a location. */
final class FileSystems {
  /**
   * The Maven coordinates that provide a file system, by scheme. VERSION is the version of Hadoop.
   */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "s3a", "org.apache.hadoop:hadoop-aws:VERSION",
          "abfs", "org.apache.hadoop:hadoop-azure:VERSION",
          "abfss", "org.apache.hadoop:hadoop-azure:VERSION",
          "wasb", "org.apache.hadoop:hadoop-azure:VERSION",
          "wasbs", "org.apache.hadoop:hadoop-azure:VERSION",
          "adl", "org.apache.hadoop:hadoop-azure-datalake:VERSION",
          "oss", "org.apache.hadoop:hadoop-aliyun:VERSION",
          "cosn", "org.apache.hadoop:hadoop-cos:VERSION",
          "gs", "com.google.cloud.bigdataoss:gcs-connector:hadoop3-2.2.22");

  /** Schemes of other tools, with the scheme that Hadoop uses. */
  private static final Map<String, String> MEANT = Map.of("s3", "s3a", "s3n", "s3a", "gcs", "gs");

  private FileSystems() {}

  /**
   * Checks that there is code for the file system of a location. Does not connect to it.
   *
   * @param what the option or key that names the location
   * @param location a Hadoop path
   * @throws RequestException naming the package to add
   */
  static void require(String what, String location, Configuration hadoop) {
    Path path = RequestException.asked(() -> new Path(location));
    String scheme = path.toUri().getScheme();
    if (scheme == null) {
      return;
    }
    if (scheme.equals("http") || scheme.equals("https")) {
      throw new RequestException(
          what
              + " is "
              + location
              + ": expected a location on a Hadoop file system, got a web address: download it to"
              + " one first");
    }
    if (MEANT.containsKey(scheme)) {
      throw new RequestException(
          what
              + " is "
              + location
              + ": write "
              + MEANT.get(scheme)
              + ": instead of "
              + scheme
              + ":");
    }
    try {
      FileSystem.getFileSystemClass(scheme, hadoop);
    } catch (IOException | RuntimeException e) { // Hadoop wraps a ClassNotFoundException
      throw new RequestException(
          what
              + " is "
              + location
              + ": this Spark has no file system for "
              + scheme
              + ": "
              + advice(scheme),
          e);
    }
  }

  private static String advice(String scheme) {
    String coordinates = PACKAGES.get(scheme);
    return coordinates == null
        ? "add its package with --conf spark.jars.packages=GROUP:ARTIFACT:VERSION and its class"
            + " with --conf spark.hadoop.fs."
            + scheme
            + ".impl=CLASS"
        : "add --conf spark.jars.packages="
            + coordinates.replace("VERSION", VersionInfo.getVersion());
  }
}
