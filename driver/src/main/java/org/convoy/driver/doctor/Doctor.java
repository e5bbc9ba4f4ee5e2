package org.convoy.driver.doctor;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.evaluation.NativeBudget.Part;
import org.convoy.driver.spark.ExecutorWait;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.driver.spark.StageListener;
import org.convoy.driver.spark.TooFewExecutorsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examines the executors of a Spark application. */
public final class Doctor {
  private static final Logger LOG = LoggerFactory.getLogger(Doctor.class);

  private final SparkCluster cluster;
  private final Order order;
  private final String master;
  private final Optional<NativeBudget> demand;
  private final List<Part> gpuDemand;

  /**
   * @param master the master's URL, which decides how a remedy is written
   * @param demand what the executors of a recipe will take beside their heaps
   * @param gpuDemand what they will take of their GPUs' memory; nothing where they have none
   */
  public Doctor(
      SparkCluster cluster,
      Order order,
      String master,
      Optional<NativeBudget> demand,
      List<Part> gpuDemand) {
    this.cluster = cluster;
    this.order = order;
    this.master = master;
    this.demand = demand;
    this.gpuDemand = List.copyOf(gpuDemand);
  }

  /** Runs the barrier stage and judges the answers. A stage that fails is a finding too. */
  public Examination examine() throws InterruptedException {
    long start = System.nanoTime();
    int wanted = cluster.wanted();
    Cluster about = new Cluster(master, wanted, cluster.executorSize(), demand, gpuDemand);
    int count;
    try {
      count = ExecutorWait.forAny(cluster, LOG::info).forAll(wanted);
    } catch (TooFewExecutorsException e) {
      return Examination.failed(about, String.valueOf(e.getMessage()), seconds(start));
    }
    Losses losses = new Losses();
    try {
      List<HostReport> reports =
          cluster.barrier("doctor", "convoy doctor", count, new HostProbe(order), losses).stream()
              .map(HostReport::decode)
              .sorted(Comparator.comparingInt(HostReport::rank))
              .toList();
      return Examination.of(about, reports, seconds(start));
    } catch (StageFailedException e) {
      String why = losses.first.orElse(String.valueOf(e.getMessage()));
      return Examination.failed(about, why, seconds(start));
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Keeps the first loss of an executor. */
  private static final class Losses implements StageListener {
    private volatile Optional<String> first = Optional.empty();

    @Override
    public void told(String message) {
      throw new IllegalStateException("expected no message, got " + message);
    }

    @Override
    public String asked(String message) {
      throw new IllegalStateException("expected no question, got " + message);
    }

    @Override
    public void lost(String executorId, String reason) {
      if (first.isEmpty()) {
        first = Optional.of("executor " + executorId + " was lost: " + reason);
      }
    }
  }
}
