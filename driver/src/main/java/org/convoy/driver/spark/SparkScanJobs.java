package org.convoy.driver.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.data.ScanJobs;

/** Runs one Spark job for each listing, with a few tasks per core. */
record SparkScanJobs(JavaSparkContext spark) implements ScanJobs {
  @Override
  public Configuration hadoop() {
    return spark.hadoopConfiguration();
  }

  @Override
  public int parallelism() {
    return spark.defaultParallelism();
  }

  @Override
  public <T, R> List<R> map(String title, List<T> pieces, Work<T, R> work) throws IOException {
    if (pieces.isEmpty()) {
      return List.of();
    }
    int tasks = Math.min(pieces.size(), 4 * parallelism());
    Broadcast<SerializableConfiguration> shared =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    spark.setJobDescription(title);
    try {
      List<R> results = new ArrayList<>(pieces.size());
      for (Outcome<R> outcome :
          spark
              .parallelize(pieces, tasks)
              .map(piece -> Outcome.of(work, piece, shared.value().value()))
              .collect()) {
        results.addAll(outcome.orThrow());
      }
      return results;
    } finally {
      spark.setJobDescription(null);
      shared.destroy();
    }
  }

  /**
   * The result of a task. An error in the data is returned as a result. If it were a task failure,
   * Spark would try it again without success and hide the message behind its own. Spark retries
   * other failures.
   */
  private record Outcome<R>(ArrayList<R> results, String fault) implements Serializable {
    static <T, R> Outcome<R> of(Work<T, R> work, T piece, Configuration hadoop) throws IOException {
      try {
        ArrayList<R> results = new ArrayList<>(1);
        results.add(work.apply(piece, hadoop));
        return new Outcome<>(results, "");
      } catch (DataSetException e) {
        return new Outcome<>(new ArrayList<>(), String.valueOf(e.getMessage()));
      }
    }

    List<R> orThrow() throws DataSetException {
      if (!fault.isEmpty()) {
        throw new DataSetException(fault);
      }
      return results;
    }
  }
}
