package org.convoy.driver.spark;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.convoy.driver.exchange.wire.MeshSettings;

/** The place of the Spark task that runs on this thread. */
final class TaskPlace implements Place {
  /** Spark's id of the driver, in which tasks run under a local master. */
  private static final String DRIVER = "driver";

  private final int rank;
  private final int size;
  private final Configuration hadoop;
  private final TaskContext context;
  private final Optional<BarrierTaskContext> barrier;
  private final Optional<DriverLink.Caller> driver;
  private final MeshSettings mesh = SparkSecurity.meshSettings(SparkEnv.get());

  private TaskPlace(
      int rank,
      int size,
      Configuration hadoop,
      TaskContext context,
      Optional<BarrierTaskContext> barrier,
      Optional<DriverLink.Caller> driver) {
    this.rank = rank;
    this.size = size;
    this.hadoop = hadoop;
    this.context = context;
    this.barrier = barrier;
    this.driver = driver;
  }

  /** The place in a barrier stage whose driver listens. */
  static TaskPlace ofBarrier(Configuration hadoop, DriverLink.Caller driver) {
    BarrierTaskContext context = BarrierTaskContext.get();
    return new TaskPlace(
        context.partitionId(),
        context.getTaskInfos().length,
        hadoop,
        context,
        Optional.of(context),
        Optional.of(driver));
  }

  /** The place in an ordinary job. */
  static TaskPlace ofJob(int rank, int size, Configuration hadoop) {
    return new TaskPlace(rank, size, hadoop, TaskContext.get(), Optional.empty(), Optional.empty());
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int cores() {
    return context.cpus();
  }

  @Override
  public OptionalInt gpu() {
    return TaskGpu.of(context);
  }

  @Override
  public String executorId() {
    return mesh.executorId();
  }

  @Override
  public boolean ownProcess() {
    return !executorId().equals(DRIVER);
  }

  @Override
  public String host() {
    return mesh.host();
  }

  @Override
  public Configuration hadoop() {
    return hadoop;
  }

  @Override
  public MeshSettings mesh() {
    return mesh;
  }

  @Override
  public boolean stopped() {
    return context.isInterrupted();
  }

  @Override
  public String[] allGather(String text) {
    return barrier
        .orElseThrow(() -> new IllegalStateException("these tasks do not run at the same time"))
        .allGather(text);
  }

  @Override
  public void tell(String message) {
    listening().tell(message);
  }

  @Override
  public String ask(String message) {
    return listening().ask(message);
  }

  private DriverLink.Caller listening() {
    return driver.orElseThrow(
        () -> new IllegalStateException("the driver does not listen to these tasks"));
  }
}
