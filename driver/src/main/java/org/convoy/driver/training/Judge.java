package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.artifact.NotFiniteException;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.ValidationShare;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.graph.Graph;
import org.convoy.image.loader.BadImage;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.metrics.ConfusionMatrix;
import org.convoy.metrics.MeanMeter;
import org.convoy.metrics.Prediction;
import org.convoy.metrics.TopKCounter;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a network over a split without training it: this executor's share, then everybody's counts
 * together.
 */
final class Judge implements AutoCloseable {
  private final Plan plan;
  private final Loss loss;
  private final SampleIndex index;
  private final ImageFeed feed;
  private final int batch;
  private final int classes;
  private final INDArray unusedGradient;
  private final float[] logits;

  Judge(
      Backend backend,
      Graph graph,
      int batch,
      Precision precision,
      Loss loss,
      SampleIndex index,
      ImageFeed feed) {
    this.plan = backend.compile(graph, PlanRequest.inference(batch).precision(precision));
    this.loss = loss;
    this.index = index;
    this.feed = feed;
    this.batch = batch;
    this.classes = graph.outputShape().channels();
    this.unusedGradient = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch));
    this.logits = new float[batch * classes];
  }

  /** Images of the split. */
  int images() {
    return index.count();
  }

  Plan plan() {
    return plan;
  }

  /** Judges this executor's share of the split. */
  Verdict judge(INDArray parameters, int rank, int executors)
      throws IOException, InterruptedException {
    plan.bind(parameters, parameters);
    Verdict verdict = new Verdict(classes);
    ValidationShare share = ValidationShare.of(index.count(), batch, executors, rank);
    try (BatchLoader loader = feed.evaluation(share)) {
      for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
        try (Batch images = next.get()) {
          judge(images, verdict);
        }
      }
    }
    return verdict;
  }

  private void judge(Batch images, Verdict verdict) {
    Pointer.memcpy(
        plan.input().data().addressPointer(), images.images(), plan.input().length() * Float.BYTES);
    plan.forward(0);
    Targets targets = Targets.classes(images.labels());
    double mean = loss.evaluate(plan.output(), targets, images.weights(), unusedGradient);
    plan.output().data().asNioFloat().get(logits);
    requireFinite(images);
    double counted = 0;
    for (int i = 0; i < images.size(); i++) {
      if (images.weights()[i] > 0) {
        counted++;
        verdict.ranks.add(logits, i * classes, classes, images.labels()[i]);
        verdict.confusion.add(logits, i * classes, images.labels()[i]);
      }
    }
    verdict.loss.add(mean, counted);
    verdict.badImages.addAll(images.badImages());
  }

  private void requireFinite(Batch images) {
    for (int i = 0; i < images.size() * classes; i++) {
      if (!Float.isFinite(logits[i]) && images.weights()[i / classes] > 0) {
        int sample = Math.toIntExact(images.sampleIds()[i / classes]);
        throw new NotFiniteException(
            "the network's output for " + index.describe(sample), i % classes, logits[i]);
      }
    }
  }

  /** What the network makes of single images, the likeliest class of each. */
  List<Guess> guesses(INDArray parameters, int[] samples) throws IOException, InterruptedException {
    plan.bind(parameters, parameters);
    List<Guess> guesses = new ArrayList<>();
    for (int start = 0; start < samples.length; start += batch) {
      int[] part = Arrays.copyOfRange(samples, start, Math.min(samples.length, start + batch));
      try (BatchLoader loader = feed.evaluation(part)) {
        Optional<Batch> next = loader.next();
        if (next.isPresent()) {
          try (Batch images = next.get()) {
            guess(images, part, guesses);
          }
        }
      }
    }
    return guesses;
  }

  private void guess(Batch images, int[] samples, List<Guess> guesses) {
    Pointer.memcpy(
        plan.input().data().addressPointer(), images.images(), plan.input().length() * Float.BYTES);
    plan.forward(0);
    plan.output().data().asNioFloat().get(logits);
    for (int i = 0; i < samples.length; i++) {
      if (images.weights()[i] > 0) {
        Prediction best = Prediction.top(logits, i * classes, classes, 1).get(0);
        guesses.add(new Guess(samples[i], best.label(), best.probability()));
      }
    }
  }

  /** Samples spread evenly over the split, for the report. */
  int[] spread(int count) {
    int shown = Math.min(count, index.count());
    return IntStream.range(0, shown)
        .map(i -> (int) ((2L * i + 1) * index.count() / (2L * shown)))
        .toArray();
  }

  @Override
  public void close() {
    plan.close();
    unusedGradient.close();
  }

  /** A sample's likeliest class. */
  record Guess(int sample, int label, double probability) {}

  /** What was counted, by one executor or by all. */
  static final class Verdict {
    private final MeanMeter loss = new MeanMeter();
    private final TopKCounter ranks = new TopKCounter();
    private final ConfusionMatrix confusion;
    private final List<BadImage> badImages = new ArrayList<>();

    Verdict(int classes) {
      this.confusion = new ConfusionMatrix(classes);
    }

    double loss() {
      return loss.mean();
    }

    TopKCounter ranks() {
      return ranks;
    }

    ConfusionMatrix confusion() {
      return confusion;
    }

    List<BadImage> badImages() {
      return badImages;
    }

    /** The counts of all executors, but for the confusion matrix, which is large. */
    Verdict together(Exchange exchange) {
      double[] mine = loss.toDoubles();
      long[] counts = ranks.toLongs();
      double[] numbers = Arrays.copyOf(mine, mine.length + counts.length);
      for (int i = 0; i < counts.length; i++) {
        numbers[mine.length + i] = counts[i];
      }
      Verdict all = new Verdict(confusion.classes());
      for (double[] part : exchange.allGather(numbers)) {
        all.loss.merge(MeanMeter.fromDoubles(Arrays.copyOf(part, mine.length)));
        all.ranks.merge(
            TopKCounter.fromLongs(
                Arrays.stream(part, mine.length, part.length).mapToLong(Math::round).toArray()));
      }
      return all;
    }
  }
}
