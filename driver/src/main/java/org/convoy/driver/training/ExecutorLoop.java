package org.convoy.driver.training;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Counted;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.Shares;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.image.loader.BatchLoader;
import org.convoy.optim.Horizon;
import org.convoy.optim.LearningRate;
import org.convoy.task.Metric;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One executor's part of a run, from the first step to the last. All executors go through the same
 * steps in lockstep.
 *
 * <p>It feeds the {@link GlobalStep}s, validates, saves and tells the driver.
 */
final class ExecutorLoop implements AutoCloseable {
  private final RunSpec spec;
  private final Recipe recipe;
  private final Exchange exchange;
  private final Weights weights;
  private final Backpropagation backpropagation;
  private final TrainingImages trained;
  private final StateFiles files;
  private final ModelFiles model;
  private final String executor;
  private final Consumer<Message> driver;
  private final Stopping stopping;
  private final Balance balance;
  private final LearningRate schedule;
  private final long lastStep;
  private final Supervision supervision;
  private Descent descent;
  private final StepClock clock;
  private final EpochMeter meter = new EpochMeter();
  private final BadImageReports badImages;
  private final Validation validation;
  private GlobalStep globalStep;
  private final BestWeights best;
  private final Saving saving;
  private Optional<FreshStatistics> statistics;
  private final Metric yardstick;
  private RunHistory history = new RunHistory();
  private long images;
  private long steps;
  private long trainingNanos;

  /**
   * @param executor Spark's id of this one
   */
  ExecutorLoop(
      RunSpec spec,
      Exchange exchange,
      Weights weights,
      Backpropagation backpropagation,
      ImageFeed feed,
      Optional<Evaluator> evaluator,
      StateFiles files,
      ModelFiles model,
      String executor,
      Consumer<Message> driver,
      Stopping stopping) {
    this.spec = spec;
    this.recipe = spec.recipe();
    this.exchange = exchange;
    this.clock = new StepClock(() -> exchange.traffic().nanosWaited());
    this.weights = weights;
    this.backpropagation = backpropagation;
    this.files = files;
    this.model = model;
    this.executor = executor;
    this.driver = driver;
    this.stopping = stopping;
    this.best = new BestWeights(recipe.checkpoint().best(), weights.layout());
    this.yardstick = recipe.task().yardstick();
    int microBatches = spec.microBatches();
    this.balance = new Balance(spec, exchange, clock);
    this.trained = new TrainingImages(spec, feed);
    this.schedule = recipe.learningRate(spec.horizon());
    this.lastStep = spec.lastStep();
    this.descent = newDescent();
    this.statistics = newStatistics();
    this.badImages = new BadImageReports(exchange.rank(), driver);
    this.validation = new Validation(recipe, evaluator, exchange, badImages);
    this.supervision = new Supervision(spec, feed.index());
    this.saving =
        new Saving(
            files,
            exchange,
            recipe.checkpoint().inBackground(),
            step -> stopping.report(new Message.Saved(step)));
    this.globalStep = newGlobalStep();
  }

  private Descent newDescent() {
    return new Descent(spec, exchange, balance.range(), weights, backpropagation, schedule, clock);
  }

  private Optional<FreshStatistics> newStatistics() {
    return recipe.swa().on()
        ? Optional.of(
            new FreshStatistics(spec, exchange, balance.range(), backpropagation, trained))
        : Optional.empty();
  }

  private GlobalStep newGlobalStep() {
    return new GlobalStep(
        spec,
        exchange,
        balance.range(),
        supervision,
        descent,
        schedule,
        clock,
        badImages,
        stopping::wish,
        saving);
  }

  /**
   * Trains to the end of the run, or until the attempt is stopped.
   *
   * @return the run's result on rank 0; empty on others, and if the attempt was stopped
   */
  Optional<ExecutorResult.Outcome> run() throws IOException, InterruptedException {
    try {
      return trainToEnd();
    } catch (DivergedException e) {
      // All executors know the same numbers and end here together.
      keepLastCheckpoint(e);
      throw e;
    }
  }

  /** Puts the checkpoint in place that was under way when the run failed. */
  private void keepLastCheckpoint(DivergedException failure) throws InterruptedException {
    try {
      finishSaving();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private Optional<ExecutorResult.Outcome> trainToEnd() throws IOException, InterruptedException {
    long step = 0;
    if (spec.resumeFrom().isPresent()) {
      step = spec.resumeFrom().get();
      history = files.load(step, weights, descent.state(step), best, meter);
      descent.restored(step);
    }
    Horizon horizon = spec.horizon();
    boolean stopped = stopsEarly();
    while (step < lastStep && !stopped) {
      int epoch = Math.toIntExact(step / horizon.stepsPerEpoch());
      long end = Math.min(lastStep, (epoch + 1) * horizon.stepsPerEpoch());
      step = train(epoch, step, end);
      if (step < end && globalStep.stopAsked()) {
        finishSaving();
        return Optional.empty();
      }
      if (step < end) {
        // Micro-batches have been dealt anew.
        continue;
      }
      finishEpoch(epoch, step);
      stopped = stopsEarly();
      if (stopped && exchange.rank() == 0) {
        tellStop();
      }
      boolean interrupted = !stopped && step < lastStep && globalStep.stopAsked();
      if (interrupted) {
        announceStop(step);
      }
      boolean due = (epoch + 1) % recipe.checkpoint().everyEpochs() == 0;
      if (interrupted || stopped || step == lastStep || due) {
        save(step);
      }
      if (interrupted) {
        finishSaving();
        return Optional.empty();
      }
      if (due && !stopped && step < lastStep) {
        dealAnew(step);
      }
    }
    finishSaving();
    INDArray last = evaluated(step);
    INDArray saved = best.kept().orElse(last);
    boolean another = best.kept().isPresent() && history.epochsSinceBest(yardstick) > 0;
    if (validation.wanted() && (validation.counted().isEmpty() || another)) {
      // What the last validation counted is not in the checkpoint that the run resumed from at its
      // end, or the saved model is that of an earlier epoch.
      validation.evaluate(saved);
      badImages.tell();
    }
    return exchange.rank() == 0 ? Optional.of(outcome(saved)) : Optional.empty();
  }

  /** The weights that are validated and saved, with the statistics that belong to them. */
  private INDArray evaluated(long step) throws IOException, InterruptedException {
    INDArray vector = descent.evaluated(step);
    return statistics.isPresent() && descent.averages(step)
        ? statistics.get().of(vector, step)
        : vector;
  }

  /** The same on all executors, for all have the same metrics. */
  private boolean stopsEarly() {
    return recipe.earlyStopping().on()
        && history.epochsSinceBest(yardstick) >= recipe.earlyStopping().patienceEpochs();
  }

  private void tellStop() {
    int since = history.epochsSinceBest(yardstick);
    int epoch = history.best(yardstick).orElseThrow().epoch();
    driver.accept(new Message.StoppedEarly(epoch + since, epoch));
  }

  /** The driver hears of it before anything is saved: if it is gone, nothing is. */
  private void announceStop(long step) {
    badImages.tell();
    if (exchange.rank() == 0) {
      stopping.report(new Message.Stopped(step, globalStep.leavers()));
    }
  }

  /**
   * Trains to the end of an epoch, or until the attempt is stopped or micro-batches are dealt anew
   * inside it; then its state is saved.
   *
   * @return the number of steps done since the run's beginning
   */
  private long train(int epoch, long from, long to) throws IOException, InterruptedException {
    long stepsPerEpoch = spec.horizon().stepsPerEpoch();
    int first = Math.toIntExact(from - epoch * stepsPerEpoch);
    descent.beginEpoch(epoch);
    MicroBatches range = balance.range();
    try (BatchLoader loader = trained.load(range, epoch, first)) {
      globalStep.beginEpoch();
      meter.start();
      long start = System.nanoTime();
      StepReports reports =
          new StepReports(
              exchange,
              executor,
              recipe.batch().globalSize(),
              range.count(),
              recipe.monitor().everyStep(),
              clock,
              driver,
              stopping);
      long end = to;
      for (long step = from; step < end; step++) {
        double loss = globalStep.take(loader, step);
        images += (long) range.count() * spec.microBatchSize();
        steps++;
        balance.step();
        note(step + 1, epoch, loss);
        reports.add(step + 1, epoch, loss, schedule.at(step), step + 1 == to);
        int every = recipe.checkpoint().everySteps();
        boolean inside = step + 1 < to;
        boolean interrupted = inside && globalStep.stopAsked();
        if (interrupted) {
          announceStop(step + 1);
          end = step + 1;
        }
        if (interrupted || (inside && every > 0 && (step + 1) % every == 0)) {
          meter.pause();
          save(step + 1);
          if (!interrupted && dealAnew(step + 1)) {
            end = step + 1;
          }
          meter.start();
        }
      }
      meter.pause();
      trainingNanos += System.nanoTime() - start;
      return end;
    }
  }

  private void note(long step, int epoch, double loss) {
    meter.add(loss);
    double rate = meter.lastRate(recipe.batch().globalSize());
    history.add(new StepRecord(step, epoch + 1, loss, schedule.at(step - 1), rate));
  }

  private void finishEpoch(int epoch, long step) throws IOException, InterruptedException {
    files.requireFinite(step, weights);
    meter.start();
    boolean due = step == lastStep || (epoch + 1) % recipe.validation().everyEpochs() == 0;
    boolean validated = due && validation.wanted();
    Optional<INDArray> validatedWeights =
        validated ? Optional.of(evaluated(step)) : Optional.empty();
    if (validated) {
      validation.evaluate(validatedWeights.get());
    }
    Map<String, Double> stated = validated ? validation.metrics() : validation.unmeasured();
    meter.pause();
    double rate = schedule.at(step - 1);
    history.add(
        new EpochRecord(
            epoch + 1,
            step,
            meter.meanLoss(),
            stated,
            meter.images(recipe.batch().globalSize()) / meter.seconds(),
            meter.seconds()));
    if (validated && history.best(yardstick).filter(found -> found.step() == step).isPresent()) {
      saving.awaitWritten();
      best.keep(validatedWeights.orElseThrow());
    }
    if (exchange.rank() == 0) {
      driver.accept(
          new Message.EpochDone(
              epoch,
              step,
              meter.meanLoss(),
              rate,
              meter.seconds(),
              meter.images(recipe.batch().globalSize()),
              validated,
              stated));
    }
    badImages.tell();
    meter.reset();
  }

  /** Begins a checkpoint; it is in place some steps later. */
  private void save(long step) throws IOException, InterruptedException {
    StepClock.Phase before = clock.enter(StepClock.Phase.CHECKPOINT);
    boolean first = exchange.rank() == 0;
    saving.begin(
        new RunState(
            step,
            first ? Optional.of(weights.parameters()) : Optional.empty(),
            first ? best.kept() : Optional.empty(),
            descent.saved(step)),
        files.position(step, exchange.size(), backpropagation.choices(), meter, history));
    clock.enter(before);
  }

  /**
   * Deals micro-batches anew if that is worth it. What an executor keeps for its micro-batches goes
   * to others by way of the checkpoint that has just begun.
   */
  private boolean dealAnew(long step) throws IOException, InterruptedException {
    Optional<Shares> dealt = balance.dealAnew();
    if (dealt.isEmpty()) {
      return false;
    }
    finishSaving();
    descent.close();
    descent = newDescent();
    statistics.ifPresent(FreshStatistics::close);
    statistics = newStatistics();
    history = files.load(step, weights, descent.state(step), best, meter);
    descent.restored(step);
    globalStep = newGlobalStep();
    if (exchange.rank() == 0) {
      driver.accept(new Message.Dealt(step, dealt.get().groups()));
    }
    return true;
  }

  private void finishSaving() throws IOException, InterruptedException {
    StepClock.Phase before = clock.enter(StepClock.Phase.CHECKPOINT);
    saving.finish();
    clock.enter(before);
  }

  /** Saves the model and tells how the run ended. */
  private ExecutorResult.Outcome outcome(INDArray trained)
      throws IOException, InterruptedException {
    String sha256 = model.save(weights.backend(), trained, validation.metrics());
    return new ExecutorResult.Outcome(
        sha256, history.toJson(), validation.metrics(), validation.examples(trained));
  }

  /** Images of this executor's own micro-batches, counted each time they were trained on. */
  long images() {
    return images;
  }

  /** Those images per second of training, validation left out. */
  double imagesPerSecond() {
    return images / Math.max(1e-9, trainingNanos * 1e-9);
  }

  /** Where the time of this executor's steps went. */
  StepTimes times() {
    return clock.perStep(steps);
  }

  /** What this executor itself counted in the last validation. */
  Optional<Counted> counted() {
    return validation.counted();
  }

  @Override
  public void close() {
    saving.close();
    descent.close();
    best.close();
    statistics.ifPresent(FreshStatistics::close);
    supervision.close();
  }
}
