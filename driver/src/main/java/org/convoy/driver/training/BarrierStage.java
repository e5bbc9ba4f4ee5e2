package org.convoy.driver.training;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.SampleIndex;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** One attempt at a run: one barrier stage with one task an executor. */
final class BarrierStage {
  private static final long CAUSE_MILLIS = 3000;

  private final JavaSparkContext spark;
  private final RunSpec spec;
  private final Broadcast<SampleIndex> training;
  private final List<Broadcast<SampleIndex>> validation;
  private final Ledger ledger;

  BarrierStage(
      JavaSparkContext spark,
      RunSpec spec,
      Broadcast<SampleIndex> training,
      List<Broadcast<SampleIndex>> validation,
      Ledger ledger) {
    this.spark = spark;
    this.spec = spec;
    this.training = training;
    this.validation = validation;
    this.ledger = ledger;
  }

  /**
   * Runs the stage.
   *
   * @return what each executor returned, by rank; empty if an executor was lost
   * @throws TrainingFailedException if it failed of anything else
   */
  Optional<List<ExecutorResult>> run(int executors)
      throws InterruptedException, TrainingFailedException {
    String link = "convoy-" + spark.sc().applicationId() + "-" + spec.attempt();
    Losses losses = new Losses();
    spark.sc().addSparkListener(losses);
    try (DriverLink open = DriverLink.open(link, ledger::accept)) {
      ExecutorTask task =
          new ExecutorTask(
              spec,
              training,
              validation,
              new SerializableConfiguration(spark.hadoopConfiguration()),
              link);
      ClassTag<ExecutorResult> tag = ClassTag$.MODULE$.apply(ExecutorResult.class);
      List<Integer> ranks = IntStream.range(0, executors).boxed().toList();
      RDD<Integer> places = spark.parallelize(ranks, executors).rdd();
      spark.setJobDescription(task.toString());
      RDD<ExecutorResult> stage = places.barrier().mapPartitions(task, false, tag);
      List<ExecutorResult> results = JavaRDD.fromRDD(stage, tag).collect();
      return Optional.of(
          results.stream().sorted(Comparator.comparingInt(ExecutorResult::rank)).toList());
    } catch (RuntimeException e) {
      return failed(e);
    } catch (Exception e) {
      // Scala throws what it does not declare; anything but Spark's own belongs to our caller's
      // callers.
      if (e instanceof SparkException) {
        return failed(e);
      }
      throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
    } finally {
      spark.sc().removeSparkListener(losses);
    }
  }

  private Optional<List<ExecutorResult>> failed(Exception e)
      throws InterruptedException, TrainingFailedException {
    boolean clear = ledger.awaitCause(CAUSE_MILLIS);
    Optional<Message.Failed> cause = ledger.firstCause();
    if (cause.isPresent()) {
      Message.Failed failure = cause.get();
      throw new TrainingFailedException(failure.who() + ": " + failure.message(), e);
    }
    if (ledger.peersLost()) {
      if (!clear && !spark.sc().isLocal()) {
        // It hangs, or cannot be reached by the others: Spark still counts on it.
        ledger.givenUp().forEach(spark.sc()::killAndReplaceExecutor);
        ledger.awaitCause(CAUSE_MILLIS);
      }
      return Optional.empty();
    }
    // Spark's first line says what; the stack traces of driver and executor follow it.
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    throw new TrainingFailedException(first, e);
  }

  /** Hears from Spark of executors that are gone. */
  private final class Losses extends SparkListener {
    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      ledger.lost(removed.executorId(), removed.reason());
    }
  }
}
