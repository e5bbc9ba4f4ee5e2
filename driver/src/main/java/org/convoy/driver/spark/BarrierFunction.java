package org.convoy.driver.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** A task of a barrier stage, as Spark calls it. */
final class BarrierFunction<R> extends AbstractFunction1<Iterator<Integer>, Iterator<R>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RankTask<R> task;
  private final SerializableConfiguration hadoop;
  private final String link;

  /**
   * @param link name of the driver's end of a {@link DriverLink}
   */
  BarrierFunction(RankTask<R> task, SerializableConfiguration hadoop, String link) {
    this.task = task;
    this.hadoop = hadoop;
    this.link = link;
  }

  @Override
  public Iterator<R> apply(Iterator<Integer> partition) {
    try {
      R result = task.run(TaskPlace.ofBarrier(hadoop.value(), DriverLink.toDriver(link)));
      return JavaConverters.asScalaIterator(List.of(result).iterator());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskFailedException(e);
    } catch (IOException | Error e) {
      // Spark would end the executor on an Error.
      throw new TaskFailedException(e);
    }
  }

  /** Wraps a checked exception so that it can pass through Spark. */
  private static final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TaskFailedException(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }
}
