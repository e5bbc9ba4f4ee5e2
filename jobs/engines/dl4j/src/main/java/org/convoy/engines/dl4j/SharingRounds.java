package org.convoy.engines.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.convoy.driver.engine.Dl4jSharing;
import org.convoy.driver.engine.EngineRun;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.Repartitioner;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import org.nd4j.parameterserver.distributed.v2.ModelParameterServer;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/**
 * Gradient sharing. One call of fit is one epoch; executors keep their networks from one to the
 * next, and the driver applies all updates to its own. The driver is the controller.
 */
final class SharingRounds implements Rounds {
  private final SharedTrainingMaster master;
  private final long steps;

  SharingRounds(EngineRun run, Dl4jSharing settings) {
    // Aeron reads it when it starts, and executors have it on their command line.
    System.setProperty(Dl4jSharing.UNBLOCK_TIMEOUT, Dl4jSharing.UNBLOCK_AFTER);
    this.steps = run.horizon().stepsPerEpoch();
    this.master =
        new SharedTrainingMaster.Builder(
                network(),
                run.workers(),
                new AdaptiveThresholdAlgorithm(settings.threshold()),
                run.partSize())
            .batchSizePerWorker(run.partSize())
            .workersPerNode(1)
            .workerPrefetchNumBatches(0)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .repartitionData(Repartition.Never)
            .repartitioner(new AsTheyAre())
            .rngSeed(run.seed())
            .build();
  }

  /** The controller is at Spark's address of the driver; every process takes a free port. */
  private static VoidConfiguration network() {
    String driver = SparkContext.getOrCreate().getConf().get("spark.driver.host", "127.0.0.1");
    InetAddress controller;
    try {
      controller = InetAddress.getByName(driver);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException("spark.driver.host: " + e.getMessage(), e);
    }
    Ports ports = new Ports();
    VoidConfiguration configuration =
        VoidConfiguration.builder()
            .unicastPort(ports.getPort())
            .portSupplier(ports)
            .controllerAddress(controller.getHostAddress())
            .build();
    if (!controller.isLoopbackAddress()) {
      // An executor takes its own address from the network that the driver is in.
      String address = controller.getHostAddress();
      configuration.setNetworkMask(address.substring(0, address.lastIndexOf('.')) + ".0/16");
    }
    return configuration;
  }

  @Override
  public TrainingMaster<?, ?> master() {
    return master;
  }

  @Override
  public boolean restart() {
    return false;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public boolean tellsLoss() {
    return false;
  }

  @Override
  public void close() {
    destroy(master.getBroadcastModel());
    destroy(master.getBroadcastConfiguration());
    ModelParameterServer.getInstance().shutdown();
  }

  private static void destroy(Broadcast<?> broadcast) {
    if (broadcast != null) {
      broadcast.destroy();
    }
  }

  /**
   * A free UDP port for each process, and always the same one: the driver asks for its own again
   * and again, and executors are told what it last got.
   */
  private static final class Ports implements PortSupplier {
    private static final long serialVersionUID = 1L;

    /** Not sent to executors, which choose their own. */
    private transient int chosen;

    @Override
    public synchronized int getPort() {
      if (chosen == 0) {
        try (DatagramSocket socket = new DatagramSocket()) {
          chosen = socket.getLocalPort();
        } catch (IOException e) {
          throw new UncheckedIOException("no free UDP port", e);
        }
      }
      return chosen;
    }
  }

  /** Leaves partitions as they are. Without it DL4J makes one of each path. */
  private static final class AsTheyAre implements Repartitioner {
    private static final long serialVersionUID = 1L;

    @Override
    public <T> JavaRDD<T> repartition(JavaRDD<T> paths, int minimum, int executors) {
      return paths;
    }
  }
}
