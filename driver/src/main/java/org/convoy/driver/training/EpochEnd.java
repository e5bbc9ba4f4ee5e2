package org.convoy.driver.training;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.monitor.EpochRecord;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What happens after the last step of an epoch: validation, the record, the best weights. */
final class EpochEnd {
  private final RunSpec spec;
  private final Exchange exchange;
  private final Validation validation;
  private final Progress progress;
  private final RunCheckpoints checkpoints;
  private final BadImageReports badImages;
  private final Consumer<Message> driver;

  EpochEnd(
      RunSpec spec,
      Exchange exchange,
      Validation validation,
      Progress progress,
      RunCheckpoints checkpoints,
      BadImageReports badImages,
      Consumer<Message> driver) {
    this.spec = spec;
    this.exchange = exchange;
    this.validation = validation;
    this.progress = progress;
    this.checkpoints = checkpoints;
    this.badImages = badImages;
    this.driver = driver;
  }

  /**
   * Ends an epoch. All executors end it together.
   *
   * @param epoch from 0
   * @param step the steps done since the run's beginning
   * @param learningRate of the last step
   * @throws DivergedException if weights are NaN or infinite
   */
  void finish(Assignment assignment, int epoch, long step, double learningRate)
      throws IOException, InterruptedException {
    checkpoints.requireFinite(step);
    Recipe recipe = spec.recipe();
    EpochMeter meter = progress.epoch();
    meter.start();
    boolean due = step == spec.lastStep() || (epoch + 1) % recipe.validation().everyEpochs() == 0;
    Optional<INDArray> validated =
        due && validation.wanted() ? Optional.of(assignment.evaluated(step)) : Optional.empty();
    if (validated.isPresent()) {
      validation.evaluate(validated.get());
    }
    Map<String, Double> metrics =
        validated.isPresent() ? validation.metrics() : validation.unmeasured();
    meter.pause();
    long images = meter.images(recipe.batch().globalSize());
    EpochRecord record =
        new EpochRecord(
            epoch + 1, step, meter.meanLoss(), metrics, images / meter.seconds(), meter.seconds());
    if (progress.epoch(record, validated)) {
      checkpoints.awaitWritten();
      progress.best().keep(validated.orElseThrow());
    }
    if (exchange.rank() == 0) {
      driver.accept(
          new Message.EpochDone(
              epoch,
              step,
              meter.meanLoss(),
              learningRate,
              meter.seconds(),
              images,
              validated.isPresent(),
              metrics));
    }
    badImages.tell();
    meter.reset();
  }
}
