package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Runs the pieces of a listing: on the executors of a cluster, or in this process. */
public interface ScanJobs {

  /** The work on one piece. It may run on another machine, so it contains all that it needs. */
  @FunctionalInterface
  interface Work<T, R> extends Serializable {
    /** Does the work. */
    R apply(T piece, Configuration hadoop) throws IOException;
  }

  /** The configuration for access to the files. */
  Configuration hadoop();

  /** Number of pieces that can run at the same time. */
  int parallelism();

  /** The results in the order of the pieces. */
  <T, R> List<R> map(String title, List<T> pieces, Work<T, R> work) throws IOException;

  /** Runs one piece after the other in this process. */
  record Local(Configuration hadoop) implements ScanJobs {
    @Override
    public int parallelism() {
      return 1;
    }

    @Override
    public <T, R> List<R> map(String title, List<T> pieces, Work<T, R> work) throws IOException {
      List<R> results = new ArrayList<>(pieces.size());
      for (T piece : pieces) {
        results.add(work.apply(piece, hadoop));
      }
      return results;
    }
  }
}
