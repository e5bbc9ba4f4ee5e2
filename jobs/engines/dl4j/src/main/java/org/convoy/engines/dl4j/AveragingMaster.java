package org.convoy.engines.dl4j;

import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.jspecify.annotations.Nullable;

/**
 * DL4J's master, which broadcasts the whole network in each round. This one destroys the broadcast
 * of the round before; DL4J's keeps them all, on the driver and on every executor.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {
  private transient @Nullable Broadcast<NetBroadcastTuple> broadcast;

  AveragingMaster(Builder builder) {
    super(builder);
  }

  @Override
  public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
    destroyBroadcast();
    ComputationGraph network = graph.getNetwork();
    Broadcast<NetBroadcastTuple> current =
        graph
            .getSparkContext()
            .broadcast(
                new NetBroadcastTuple(
                    network.getConfiguration(),
                    network.params(),
                    network.getUpdater().getStateViewArray()));
    broadcast = current;
    WorkerConfiguration configuration =
        new WorkerConfiguration(
            true,
            rddDataSetNumExamples,
            batchSizePerWorker,
            averagingFrequency,
            prefetchNumBatches,
            collectTrainingStats);
    return new ParameterAveragingTrainingWorker(
        current, saveUpdater, configuration, List.of(), List.of(), null);
  }

  void destroyBroadcast() {
    if (broadcast != null) {
      broadcast.destroy();
      broadcast = null;
    }
  }
}
