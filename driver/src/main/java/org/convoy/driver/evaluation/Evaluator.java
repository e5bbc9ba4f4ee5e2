package org.convoy.driver.evaluation;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.artifact.NotFiniteException;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.ValidationShare;
import org.convoy.graph.Graph;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.kernels.KernelThreads;
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
  private final ImageFeed feed;
  private final int batch;
  private final int classes;
  private final INDArray targetRows;
  private final INDArray unusedGradient;
  private final float[] outputs;

  /** The rows of the main output, if the network has several. */
  private final Optional<INDArray> mainRows;

  public Evaluator(
      Weights weights,
      int batch,
      Precision precision,
      Task task,
      Loss loss,
      SampleIndex index,
      ImageFeed feed) {
    this.plan = weights.plan(PlanRequest.inference(batch).precision(precision));
    Graph graph = weights.graph();
    this.task = task;
    this.loss = loss;
    this.index = index;
    this.feed = feed;
    this.batch = batch;
    this.classes = graph.outputShape().channels();
    this.targetRows = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch));
    this.unusedGradient = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(batch));
    this.outputs = new float[batch * classes];
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
    try (BatchLoader loader = feed.evaluation(share)) {
      for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
        try (Batch images = next.get()) {
          evaluate(images, counted);
        }
      }
    }
    return counted;
  }

  private void evaluate(Batch images, Counted counted) {
    List<Target> samples = index.targets(images.sampleIds(), images.size());
    forward(images);
    Targets targets = task.targets(samples, targetRows);
    double mean =
        loss.evaluate(output(), targets, images.weights(), unusedGradient, KernelThreads.count());
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
    Pointer.memcpy(
        plan.input().data().addressPointer(), images.images(), plan.input().length() * Float.BYTES);
    plan.forward(0);
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
      try (BatchLoader loader = feed.evaluation(part)) {
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
    targetRows.close();
    unusedGradient.close();
    mainRows.ifPresent(INDArray::close);
  }

  /**
   * The network's prediction for one image.
   *
   * @param sample its number in the split
   */
  public record Example(int sample, List<Prediction> predictions) implements Serializable {}
}
