package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.Lanes;
import org.convoy.driver.exchange.Chunks;
import org.convoy.driver.exchange.Combination;
import org.convoy.driver.exchange.Combiner;
import org.convoy.driver.exchange.Exchange;
import org.convoy.driver.exchange.MicroBatches;
import org.convoy.driver.exchange.PartialSums;
import org.convoy.driver.exchange.SynchronousSum;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.graph.Draws;
import org.convoy.graph.Parameters;
import org.convoy.image.Batch;
import org.convoy.image.BatchLoader;
import org.convoy.kernels.RunningStatistics;
import org.convoy.optim.GlobalNorm;
import org.convoy.optim.Horizon;
import org.convoy.optim.Schedule;
import org.convoy.optim.StepSettings;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One executor's part of a run, from the first step to the last. All executors go through the same
 * steps in lockstep.
 *
 * <p>A step: compute the gradient of each of this executor's micro-batches and add it to the
 * partial sums; finish the sums of the owned chunks with the other executors; update the owned
 * parameters; gather everybody's. Running statistics are not owned: their summed moments are
 * gathered and every executor moves them alike.
 */
final class ExecutorLoop implements AutoCloseable {
  private static final double REPORT_NANOS = 0.25e9;

  private final RunSpec spec;
  private final Recipe recipe;
  private final Exchange exchange;
  private final Replica replica;
  private final ImageFeed feed;
  private final Optional<Judge> judge;
  private final StateFiles files;
  private final Consumer<Message> driver;
  private final MicroBatches range;
  private final Lanes lanes;
  private final Schedule schedule;
  private final long lastStep;
  private final Combiner combiner;
  private final PartialSums momentSums;
  private final INDArray gradientPart;
  private final INDArray momentPart;
  private final INDArray parameterPart;
  private final Chunks gradientChunks;
  private final Chunks momentChunks;
  private final OwnedChunks owned;
  private final RunningStatistics statistics;
  private final long augmentationSeed;
  private final EpochMeter meter = new EpochMeter();
  private final List<String> badImages = new ArrayList<>();
  private RunHistory history = new RunHistory();
  private Optional<Judge.Verdict> verdict = Optional.empty();
  private Optional<Judge.Verdict> verdicts = Optional.empty();
  private long images;

  ExecutorLoop(
      RunSpec spec,
      Exchange exchange,
      Replica replica,
      ImageFeed feed,
      Optional<Judge> judge,
      StateFiles files,
      Consumer<Message> driver) {
    this.spec = spec;
    this.recipe = spec.recipe();
    this.exchange = exchange;
    this.replica = replica;
    this.feed = feed;
    this.judge = judge;
    this.files = files;
    this.driver = driver;
    int microBatches = spec.microBatches();
    this.range = MicroBatches.range(exchange.rank(), exchange.size(), microBatches);
    long orderSeed = new Draws(recipe.seed(), "order").bits(0);
    this.augmentationSeed = new Draws(recipe.seed(), "augmentation").bits(0);
    this.lanes =
        new Lanes(
            spec.trainingSamples(), microBatches, spec.microBatchSize(), orderSeed, spec.lanes());
    this.schedule = Schedules.of(recipe.schedule(), spec.horizon());
    this.lastStep = spec.lastStep();
    Parameters layout = replica.layout();
    long trained = layout.trainableLength();
    long moments = layout.length() - trained;
    this.gradientPart = replica.gradient().get(NDArrayIndex.interval(0, trained));
    this.parameterPart = replica.parameters().get(NDArrayIndex.interval(0, trained));
    this.gradientChunks = new Chunks(0, trained, recipe.exchange().chunkFloats());
    this.combiner = combination(recipe).open(exchange, range, gradientChunks);
    // A network without norms has no moments; one unused float keeps the two paths alike.
    this.momentPart =
        moments == 0
            ? replica.gradient().get(NDArrayIndex.interval(0, 1))
            : replica.gradient().get(NDArrayIndex.interval(trained, layout.length()));
    this.momentSums = new PartialSums(range, Math.max(1, moments));
    this.momentChunks = new Chunks(0, moments, recipe.exchange().chunkFloats());
    this.owned =
        new OwnedChunks(
            recipe,
            layout,
            gradientChunks,
            exchange.rank(),
            exchange.size(),
            parameterPart,
            gradientPart);
    this.statistics =
        new RunningStatistics(replica.plan().graph(), layout, recipe.batch().globalSize());
  }

  private static Combination combination(Recipe recipe) {
    return switch (recipe.exchange().combine()) {
      case SYNCHRONOUS_SUM -> new SynchronousSum();
    };
  }

  /** Trains to the end of the run. */
  Optional<ExecutorResult.Outcome> run() throws IOException, InterruptedException {
    long step = 0;
    if (spec.resumeFrom().isPresent()) {
      step = spec.resumeFrom().get();
      history = files.load(step, replica, owned, meter);
    }
    Horizon horizon = spec.horizon();
    while (step < lastStep) {
      int epoch = Math.toIntExact(step / horizon.stepsPerEpoch());
      long end = Math.min(lastStep, (epoch + 1) * horizon.stepsPerEpoch());
      train(epoch, step, end);
      step = end;
      finishEpoch(epoch, step);
      boolean last = step == lastStep;
      if (last || (epoch + 1) % recipe.checkpoint().everyEpochs() == 0) {
        save(step);
      }
    }
    INDArray weights = evaluated();
    if (judge.isPresent() && verdict.isEmpty()) {
      // Resumed at its very end: what the last validation counted is not in the checkpoint.
      judge(weights);
      tellBadImages();
    }
    return exchange.rank() == 0 ? Optional.of(outcome(weights)) : Optional.empty();
  }

  private void train(int epoch, long from, long to) throws IOException, InterruptedException {
    long stepsPerEpoch = spec.horizon().stepsPerEpoch();
    int first = Math.toIntExact(from - epoch * stepsPerEpoch);
    try (BatchLoader loader = feed.training(lanes, range, augmentationSeed, epoch, first)) {
      meter.start();
      Report report = new Report();
      for (long step = from; step < to; step++) {
        double loss = step(loader, step);
        images += recipe.batch().globalSize();
        report.add(step + 1, epoch, loss, step + 1 == to);
        int every = recipe.checkpoint().everySteps();
        if (every > 0 && (step + 1) % every == 0 && step + 1 < to) {
          meter.pause();
          save(step + 1);
          meter.start();
        }
      }
      meter.pause();
    }
  }

  /** One step; returns the mean loss over the global batch. */
  private double step(BatchLoader loader, long step) throws IOException, InterruptedException {
    double[] losses = new double[range.count()];
    for (int i = 0; i < range.count(); i++) {
      long key = step * spec.microBatches() + range.from() + i;
      try (Batch batch = loader.next().orElseThrow()) {
        losses[i] = replica.compute(batch, key);
        batch.badImages().forEach(bad -> badImages.add(bad.name()));
      }
      combiner.add(gradientPart);
      momentSums.add(momentPart);
    }
    exchange.reduceScatter(momentSums, momentChunks, momentPart);
    double[] loss = new double[1];
    combiner.step(
        parameterPart,
        (sum, count, chunks, rank, owners) -> {
          owned.take(sum);
          loss[0] = update(step, losses);
        });
    exchange.allGather(momentChunks, momentPart);
    statistics.update(replica.parameters(), replica.gradient(), spec.microBatches());
    replica.plan().parametersChanged();
    return loss[0];
  }

  private double update(long step, double[] losses) {
    boolean clip = recipe.gradientClipNorm() > 0;
    double[] squares = clip ? owned.squares() : new double[0];
    double[] told = Arrays.copyOf(losses, losses.length + squares.length);
    System.arraycopy(squares, 0, told, losses.length, squares.length);
    double[][] all = exchange.allGather(told);
    double loss = 0;
    double[] chunkSquares = new double[clip ? gradientChunks.count() : 0];
    for (int rank = 0; rank < all.length; rank++) {
      int count = MicroBatches.range(rank, exchange.size(), spec.microBatches()).count();
      for (int i = 0; i < count; i++) {
        loss += all[rank][i];
      }
      int next = count;
      for (int chunk = 0; chunk < chunkSquares.length; chunk++) {
        if (gradientChunks.owner(chunk, exchange.size()) == rank) {
          chunkSquares[chunk] = all[rank][next++];
        }
      }
    }
    loss /= spec.microBatches();
    if (!Double.isFinite(loss)) {
      throw new DivergedException(step + 1, loss, schedule.at(step));
    }
    double scale =
        clip
            ? GlobalNorm.clippedScale(
                GlobalNorm.of(chunkSquares), spec.microBatches(), recipe.gradientClipNorm())
            : 1.0 / spec.microBatches();
    owned.update(new StepSettings(schedule.at(step), step, scale));
    return loss;
  }

  private void finishEpoch(int epoch, long step) throws IOException, InterruptedException {
    meter.start();
    boolean due = step == lastStep || (epoch + 1) % recipe.validation().everyEpochs() == 0;
    Optional<Judge.Verdict> all = Optional.empty();
    if (due && judge.isPresent()) {
      all = Optional.of(judge(evaluated()));
    }
    meter.pause();
    double rate = schedule.at(step - 1);
    double validationLoss = all.map(Judge.Verdict::loss).orElse(Double.NaN);
    double top1 = all.map(each -> each.ranks().top1()).orElse(Double.NaN);
    double top5 = all.map(each -> each.ranks().top5()).orElse(Double.NaN);
    history.add(
        new EpochRecord(
            epoch + 1,
            step,
            meter.meanLoss(),
            validationLoss,
            top1,
            top5,
            meter.images(recipe.batch().globalSize()) / meter.seconds(),
            meter.seconds()));
    if (exchange.rank() == 0) {
      driver.accept(
          new Message.EpochDone(
              epoch,
              step,
              meter.meanLoss(),
              rate,
              meter.seconds(),
              meter.images(recipe.batch().globalSize()),
              all.isPresent(),
              validationLoss,
              top1,
              top5));
    }
    tellBadImages();
    meter.reset();
  }

  private void tellBadImages() {
    if (!badImages.isEmpty()) {
      driver.accept(new Message.BadImages(exchange.rank(), List.copyOf(badImages)));
      badImages.clear();
    }
  }

  private Judge.Verdict judge(INDArray weights) throws IOException, InterruptedException {
    Judge.Verdict mine = judge.orElseThrow().judge(weights, exchange.rank(), exchange.size());
    badImages.addAll(mine.badImages());
    Judge.Verdict all = mine.together(exchange);
    verdict = Optional.of(mine);
    verdicts = Optional.of(all);
    return all;
  }

  /**
   * The parameters that are judged and saved: the averages of the trained ones if the recipe keeps
   * them.
   */
  private INDArray evaluated() {
    replica.plan().parametersChanged();
    if (!owned.averages()) {
      return replica.parameters();
    }
    // The gradient is free between steps and has the room.
    INDArray vector = replica.gradient();
    vector.assign(replica.parameters());
    owned.copyAverages(vector);
    exchange.allGather(gradientChunks, gradientPart);
    return vector;
  }

  private void save(long step) throws IOException {
    files.save(step, replica, owned, meter, history, exchange);
    if (exchange.rank() == 0) {
      driver.accept(new Message.Saved(step));
    }
  }

  /** Saves the model and tells how the run ended. */
  private ExecutorResult.Outcome outcome(INDArray weights)
      throws IOException, InterruptedException {
    double validationLoss = verdicts.map(Judge.Verdict::loss).orElse(Double.NaN);
    double top1 = verdicts.map(each -> each.ranks().top1()).orElse(Double.NaN);
    double top5 = verdicts.map(each -> each.ranks().top5()).orElse(Double.NaN);
    String sha256 = files.saveModel(weights, validationLoss, top1, top5);
    List<Judge.Guess> guesses = List.of();
    if (judge.isPresent()) {
      int[] shown = judge.get().spread(recipe.monitor().samplePredictions());
      guesses = judge.get().guesses(weights, shown);
    }
    return new ExecutorResult.Outcome(
        sha256,
        history.toJson(),
        validationLoss,
        top1,
        top5,
        guesses.stream().mapToInt(Judge.Guess::sample).toArray(),
        guesses.stream().mapToInt(Judge.Guess::label).toArray(),
        guesses.stream().mapToDouble(Judge.Guess::probability).toArray());
  }

  long images() {
    return images;
  }

  /** What this executor itself counted in the last validation. */
  Optional<Judge.Verdict> verdict() {
    return verdict;
  }

  @Override
  public void close() {
    combiner.close();
    momentSums.close();
    owned.close();
  }

  /** Tells the driver of steps, not of each one. */
  private final class Report {
    private long since = System.nanoTime();
    private double losses;
    private int steps;

    void add(long step, int epoch, double loss, boolean last) {
      meter.add(loss);
      long now = System.nanoTime();
      losses += loss;
      steps++;
      history.add(
          new StepRecord(
              step,
              epoch + 1,
              loss,
              schedule.at(step - 1),
              meter.lastRate(recipe.batch().globalSize())));
      if (exchange.rank() == 0 && (last || now - since > REPORT_NANOS)) {
        driver.accept(
            new Message.Progressed(
                step,
                epoch,
                losses / steps,
                schedule.at(step - 1),
                (long) steps * recipe.batch().globalSize(),
                now - since));
        since = now;
        losses = 0;
        steps = 0;
      }
    }
  }
}
