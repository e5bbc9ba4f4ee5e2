package org.convoy.driver.training;

import java.io.IOException;
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
import org.convoy.driver.monitor.StepTimes;
import org.convoy.image.loader.BatchLoader;
import org.convoy.optim.LearningRate;
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
  private final ModelFiles model;
  private final String executor;
  private final Consumer<Message> driver;
  private final Stopping stopping;
  private final Balance balance;
  private final LearningRate schedule;
  private final long lastStep;
  private final Supervision supervision;
  private final StepClock clock;
  private final BadImageReports badImages;
  private final Validation validation;
  private final Progress progress;
  private final Saving saving;
  private final RunCheckpoints checkpoints;
  private final EpochEnd epochEnd;
  private Assignment assignment;
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
    this.model = model;
    this.executor = executor;
    this.driver = driver;
    this.stopping = stopping;
    this.progress = new Progress(recipe, weights.layout());
    this.balance = new Balance(spec, exchange, clock);
    this.trained = new TrainingImages(spec, feed);
    this.schedule = recipe.learningRate(spec.horizon());
    this.lastStep = spec.lastStep();
    this.badImages = new BadImageReports(exchange.rank(), driver);
    this.validation = new Validation(recipe, evaluator, exchange, badImages);
    this.supervision = new Supervision(spec, feed.index());
    this.saving =
        new Saving(
            files,
            exchange,
            recipe.checkpoint().inBackground(),
            step -> stopping.report(new Message.Saved(step)));
    this.checkpoints =
        new RunCheckpoints(files, saving, exchange, weights, backpropagation, progress, clock);
    this.epochEnd =
        new EpochEnd(spec, exchange, validation, progress, checkpoints, badImages, driver);
    this.assignment = assign();
  }

  /** What this executor keeps for the micro-batches that it has been dealt. */
  private Assignment assign() {
    MicroBatches range = balance.range();
    Descent descent = new Descent(spec, exchange, range, weights, backpropagation, schedule, clock);
    Optional<FreshStatistics> statistics =
        FreshStatistics.wanted(recipe)
            ? Optional.of(new FreshStatistics(spec, exchange, range, backpropagation, trained))
            : Optional.empty();
    GlobalStep step =
        new GlobalStep(
            spec,
            exchange,
            range,
            supervision,
            descent,
            schedule,
            clock,
            badImages,
            stopping::wish,
            saving);
    return new Assignment(descent, statistics, step);
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
      checkpoints.finishAfter(e);
      throw e;
    }
  }

  private Optional<ExecutorResult.Outcome> trainToEnd() throws IOException, InterruptedException {
    long step = 0;
    if (spec.resumeFrom().isPresent()) {
      step = spec.resumeFrom().get();
      checkpoints.load(step, assignment.descent());
    }
    long stepsPerEpoch = spec.horizon().stepsPerEpoch();
    boolean stopped = progress.stopsEarly();
    while (step < lastStep && !stopped) {
      int epoch = Math.toIntExact(step / stepsPerEpoch);
      long end = Math.min(lastStep, (epoch + 1) * stepsPerEpoch);
      step = train(epoch, step, end);
      if (step < end && assignment.step().stopAsked()) {
        checkpoints.finish();
        return Optional.empty();
      }
      if (step < end) {
        // Micro-batches have been dealt anew.
        continue;
      }
      epochEnd.finish(assignment, epoch, step, schedule.at(step - 1));
      stopped = progress.stopsEarly();
      if (stopped && exchange.rank() == 0) {
        driver.accept(progress.stoppedEarly());
      }
      boolean interrupted = !stopped && step < lastStep && assignment.step().stopAsked();
      if (interrupted) {
        announceStop(step);
      }
      boolean due = (epoch + 1) % recipe.checkpoint().everyEpochs() == 0;
      if (interrupted || stopped || step == lastStep || due) {
        checkpoints.begin(step, assignment.descent());
      }
      if (interrupted) {
        checkpoints.finish();
        return Optional.empty();
      }
      if (due && !stopped && step < lastStep) {
        dealAnew(step);
      }
    }
    checkpoints.finish();
    INDArray last = assignment.evaluated(step);
    INDArray saved = progress.best().kept().orElse(last);
    if (validation.wanted() && (validation.counted().isEmpty() || progress.bestIsEarlier())) {
      // What the last validation counted is not in the checkpoint that the run resumed from at its
      // end, or the saved model is that of an earlier epoch.
      validation.evaluate(saved);
      badImages.tell();
    }
    return exchange.rank() == 0 ? Optional.of(outcome(saved)) : Optional.empty();
  }

  /** The driver hears of it before anything is saved: if it is gone, nothing is. */
  private void announceStop(long step) {
    badImages.tell();
    if (exchange.rank() == 0) {
      stopping.report(new Message.Stopped(step, assignment.step().leavers()));
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
    assignment.descent().beginEpoch(epoch);
    MicroBatches range = balance.range();
    EpochMeter meter = progress.epoch();
    try (BatchLoader loader = trained.load(range, epoch, first)) {
      assignment.step().beginEpoch();
      meter.start();
      long start = System.nanoTime();
      StepReports reports =
          new StepReports(exchange, executor, recipe, range.count(), clock, driver, stopping);
      long end = to;
      for (long step = from; step < end; step++) {
        double loss = assignment.step().take(loader, step);
        images += (long) range.count() * spec.microBatchSize();
        steps++;
        balance.step();
        progress.step(step + 1, epoch, loss, schedule.at(step));
        reports.add(step + 1, epoch, loss, schedule.at(step), step + 1 == to);
        int every = recipe.checkpoint().everySteps();
        boolean inside = step + 1 < to;
        boolean interrupted = inside && assignment.step().stopAsked();
        if (interrupted) {
          announceStop(step + 1);
          end = step + 1;
        }
        if (interrupted || (inside && every > 0 && (step + 1) % every == 0)) {
          meter.pause();
          checkpoints.begin(step + 1, assignment.descent());
          if (!interrupted && dealAnew(step + 1)) {
            end = step + 1;
          }
          meter.start();
        }
      }
      assignment.descent().settle();
      meter.pause();
      trainingNanos += System.nanoTime() - start;
      return end;
    }
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
    checkpoints.finish();
    assignment.close();
    assignment = assign();
    checkpoints.load(step, assignment.descent());
    if (exchange.rank() == 0) {
      driver.accept(new Message.Dealt(step, dealt.get().groups()));
    }
    return true;
  }

  /** Saves the model and tells how the run ended. */
  private ExecutorResult.Outcome outcome(INDArray trained)
      throws IOException, InterruptedException {
    String sha256 = model.save(weights.backend(), trained, validation.metrics());
    return new ExecutorResult.Outcome(
        sha256, progress.history().toJson(), validation.metrics(), validation.examples(trained));
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
    checkpoints.close();
    assignment.close();
    progress.close();
    supervision.close();
  }
}
