package org.convoy.driver.evaluation;

import java.io.IOException;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.artifact.NotFiniteException;
import org.convoy.driver.config.Views;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.ValidationShare;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.metrics.Prediction;
import org.convoy.task.Target;
import org.convoy.task.Task;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Evaluates a network on this executor's share of a split. The counts can then be merged with those
 * of the other executors.
 */
public final class Evaluator implements AutoCloseable {
  private final Plan plan;
  private final Task task;
  private final Loss loss;
  private final SampleIndex index;
  private final List<ImageFeed> feeds;
  private final Optional<MeanOutputs> means;
  private final int batch;
  private final int classes;
  private final INDArray targetRows;
  private final INDArray unusedGradient;
  private final float[] outputs;
  private final Views views;

  /** The memory of batches that cross as pixels to the device that computes. */
  private final Optional<DeviceBatch> pixels;

  /** The rows of the main output, if the network has several. */
  private final Optional<INDArray> mainRows;

  /** The rows of the outputs that stand for several views, if there are several. */
  private final Optional<INDArray> meanRows;

  /** Evaluates one view of each image. */
  public Evaluator(
      Weights weights,
      int batch,
      Precision precision,
      Task task,
      Loss loss,
      SampleIndex index,
      ImageFeed feed) {
    this(weights, batch, precision, task, loss, index, List.of(feed), Views.SINGLE);
  }

  /**
   * @param feeds the crops of each image, the model's own first
   * @param views what the crops are, and whether each is computed mirrored, too
   */
  public Evaluator(
      Weights weights,
      int batch,
      Precision precision,
      Task task,
      Loss loss,
      SampleIndex index,
      List<ImageFeed> feeds,
      Views views) {
    this.plan = weights.plan(PlanRequest.inference(batch).precision(precision));
    Graph graph = weights.graph();
    this.task = task;
    this.loss = loss;
    this.index = index;
    this.feeds = List.copyOf(feeds);
    this.batch = batch;
    this.classes = graph.outputShape().channels();
    this.targetRows = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch));
    this.unusedGradient = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch));
    this.outputs = new float[batch * classes];
    this.means =
        views.mirrored() || feeds.size() > 1
            ? Optional.of(new MeanOutputs(task, batch, classes))
            : Optional.empty();
    this.meanRows =
        means.map(each -> Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch)));
    this.views = views;
    this.pixels = feeds.get(0).on(weights.backend().device());
    this.mainRows =
        graph.outputs().isEmpty()
            ? Optional.empty()
            : Optional.of(Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch)));
  }

  /** The number of images in the split. */
  public int images() {
    return index.count();
  }

  /** Evaluates this executor's share of the split. */
  public Counted evaluate(INDArray parameters, int rank, int executors)
      throws IOException, InterruptedException {
    plan.bind(parameters, parameters);
    Counted counted = new Counted(task, classes);
    ValidationShare share = ValidationShare.of(index.count(), batch, executors, rank);
    try (ViewLoaders crops = new ViewLoaders(feeds, share)) {
      for (Optional<Batch> next = crops.next(0); next.isPresent(); next = crops.next(0)) {
        try (Batch images = next.get()) {
          forward(images);
          if (means.isPresent()) {
            addViews(images, crops, means.get());
          }
          count(images, counted);
        }
      }
    }
    return counted;
  }

  /** Replaces the outputs of the first crop by those that stand for all views. */
  private void addViews(Batch first, ViewLoaders crops, MeanOutputs mean)
      throws IOException, InterruptedException {
    mean.begin();
    mean.add(outputs, views.weight(0));
    addMirrored(first, mean, views.weight(0));
    for (int crop = 1; crop < crops.count(); crop++) {
      try (Batch images = crops.next(crop).orElseThrow()) {
        forward(images);
        mean.add(outputs, views.weight(crop));
        addMirrored(images, mean, views.weight(crop));
      }
    }
    mean.end(outputs);
    meanRows.orElseThrow().data().asNioFloat().put(outputs);
  }

  private void addMirrored(Batch images, MeanOutputs mean, double weight) {
    if (!views.mirrored()) {
      return;
    }
    if (pixels.isPresent()) {
      plan.forward(pixels.get().mirroredInput(), 0, ParameterGate.OPEN);
    } else {
      mirror(images.imagesBuffer());
      plan.forward(0);
    }
    takeOutputs();
    mean.add(outputs, weight);
  }

  private void mirror(FloatBuffer from) {
    FloatBuffer to = plan.input().data().asNioFloat();
    int width = Math.toIntExact(plan.input().size(3));
    for (int row = 0; row < from.limit(); row += width) {
      for (int x = 0; x < width; x++) {
        to.put(row + x, from.get(row + width - 1 - x));
      }
    }
  }

  private void count(Batch images, Counted counted) {
    List<Target> samples = index.targets(images.sampleIds(), images.size());
    Targets targets = task.targets(samples, targetRows);
    double mean =
        loss.evaluate(
            meanRows.orElseGet(this::output),
            targets,
            images.weights(),
            unusedGradient,
            KernelThreads.count());
    requireFinite(images);
    double weight = 0;
    for (int i = 0; i < images.size(); i++) {
      if (images.weights()[i] > 0) {
        weight++;
        counted.counters().add(outputs, i * classes, samples.get(i));
      }
    }
    counted.add(mean, weight, images.badImages());
  }

  private void forward(Batch images) {
    if (pixels.isPresent()) {
      pixels.get().put(images);
      plan.forward(pixels.get().input(), 0, ParameterGate.OPEN);
    } else {
      plan.forward(images.images(), 0);
    }
    takeOutputs();
  }

  private void takeOutputs() {
    mainRows.ifPresent(
        rows ->
            rows.assign(plan.output().get(NDArrayIndex.all(), NDArrayIndex.interval(0, classes))));
    output().data().asNioFloat().get(outputs);
  }

  private INDArray output() {
    return mainRows.orElseGet(plan::output);
  }

  private void requireFinite(Batch images) {
    for (int i = 0; i < images.size() * classes; i++) {
      if (!Float.isFinite(outputs[i]) && images.weights()[i / classes] > 0) {
        int sample = Math.toIntExact(images.sampleIds()[i / classes]);
        throw new NotFiniteException(
            "the network's output for " + index.describe(sample), i % classes, outputs[i]);
      }
    }
  }

  /** The network's predictions for single images. */
  public List<Example> examples(INDArray parameters, int[] samples)
      throws IOException, InterruptedException {
    plan.bind(parameters, parameters);
    List<Example> examples = new ArrayList<>();
    for (int start = 0; start < samples.length; start += batch) {
      int[] part = Arrays.copyOfRange(samples, start, Math.min(samples.length, start + batch));
      try (BatchLoader loader = feeds.get(0).evaluation(part)) {
        Optional<Batch> next = loader.next();
        if (next.isPresent()) {
          try (Batch images = next.get()) {
            addExamples(images, part, examples);
          }
        }
      }
    }
    return examples;
  }

  private void addExamples(Batch images, int[] samples, List<Example> examples) {
    forward(images);
    for (int i = 0; i < samples.length; i++) {
      if (images.weights()[i] > 0) {
        examples.add(new Example(samples[i], task.predictions(outputs, i * classes, classes, 1)));
      }
    }
  }

  /** Samples from evenly spaced places of the split, for the report. */
  public int[] spread(int count) {
    int shown = Math.min(count, index.count());
    return IntStream.range(0, shown)
        .map(i -> (int) ((2L * i + 1) * index.count() / (2L * shown)))
        .toArray();
  }

  @Override
  public void close() {
    pixels.ifPresent(DeviceBatch::close);
    targetRows.close();
    unusedGradient.close();
    mainRows.ifPresent(INDArray::close);
    meanRows.ifPresent(INDArray::close);
  }

  /**
   * The network's prediction for one image.
   *
   * @param sample its number in the split
   */
  public record Example(int sample, List<Prediction> predictions) implements Serializable {}
}
