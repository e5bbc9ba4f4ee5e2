package org.convoy.engines.dl4j;

import org.convoy.driver.engine.Dl4jAveraging;
import org.convoy.driver.engine.EngineRun;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;

/**
 * Parameter averaging. One call of fit is one round: each worker trains on its next steps, then all
 * copies become their mean. The optimizer's state is averaged too.
 */
final class AveragingRounds implements Rounds {
  private final AveragingMaster master;
  private final long steps;

  AveragingRounds(EngineRun run, Dl4jAveraging settings) {
    this.steps = settings.everySteps();
    ParameterAveragingTrainingMaster.Builder builder =
        new ParameterAveragingTrainingMaster.Builder(run.workers(), run.partSize());
    builder
        .batchSizePerWorker(run.partSize())
        .averagingFrequency(settings.everySteps())
        .saveUpdater(true)
        .workerPrefetchNumBatches(0)
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .repartionData(Repartition.Never)
        .rngSeed(run.seed());
    this.master = new AveragingMaster(builder);
  }

  @Override
  public TrainingMaster<?, ?> master() {
    return master;
  }

  @Override
  public boolean restart() {
    return true;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public boolean tellsLoss() {
    return true;
  }

  @Override
  public void close() {
    master.destroyBroadcast();
  }
}
