package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Where the pieces of a listing are worked on: over the executors of a cluster, or here. */
public interface ScanJobs {

  /** The work on one piece. It may run on another machine, so it carries what it needs. */
  @FunctionalInterface
  interface Work<T, R> extends Serializable {
    /** Does the work. */
    R apply(T piece, Configuration hadoop) throws IOException;
  }

  /** How the files are reached. */
  Configuration hadoop();

  /** How many pieces can be worked on at a time. */
  int parallelism();

  /** The results in the order of the pieces. */
  <T, R> List<R> map(String title, List<T> pieces, Work<T, R> work) throws IOException;

  /** One after the other in this process. */
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
