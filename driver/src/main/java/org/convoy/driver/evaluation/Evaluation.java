package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSplit;
import org.convoy.driver.data.LabelFile;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.spark.ExecutorWait;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.driver.spark.TooFewExecutorsException;
import org.convoy.inference.ModelParts;
import org.convoy.settings.RequestException;
import org.convoy.task.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a saved model on a data set, spread over the executors: an ordinary Spark job with one
 * task per executor. Each image is counted exactly once, whatever the number of executors; a lost
 * executor's share is evaluated again by another.
 */
public final class Evaluation {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluation.class);

  private final SparkCluster cluster;
  private final EvaluationRequest request;

  /** Prepares an evaluation on these executors. */
  public Evaluation(SparkCluster cluster, EvaluationRequest request) {
    this.cluster = cluster;
    this.request = request;
  }

  /**
   * Evaluates the model on the number of executors that Spark was asked for, or on those that start
   * within two minutes.
   *
   * @throws RequestException if there is no saved model
   * @throws org.convoy.artifact.DamagedFileException if a file of the model was changed
   * @throws org.convoy.driver.data.DataSetException if the data set does not exist, or has other
   *     classes than the model
   * @throws EvaluationFailedException if an executor failed; the message states the reason
   */
  public EvaluationResult run()
      throws IOException, InterruptedException, EvaluationFailedException {
    long start = System.nanoTime();
    // Checked here too, so that an unusable model or data set is reported once and at once.
    SavedModel model = ModelFolder.load(request.model(), cluster.hadoop());
    String name = model.graph().name();
    String sha256;
    Task task;
    try {
      sha256 = model.weightsSha256();
      request.views().of(ModelParts.preprocessing(model));
      task = ModelParts.task(model);
      NativeBudget.evaluation(
              model.graph(),
              EvaluationTask.backend(cluster.executorsHaveGpus()),
              request.options().precision(),
              EvaluationTask.loading(request, cluster.executorSize().cores()),
              request.views().crops(),
              cluster.executorSize())
          .check(cluster.executorSize());
    } finally {
      model.weights().close();
    }
    SampleIndex index = index(task, model.labels());
    index.requireClasses(model.labels(), "the model " + request.model());
    int count = executors();
    long evaluating = System.nanoTime();
    List<EvaluationTask.Part> parts = evaluate(index, count);
    long end = System.nanoTime();
    Counted counted = new Counted(task, model.labels().size());
    for (EvaluationTask.Part part : parts) {
      counted.add(part.loss(), part.samples(), part.badImages());
      counted.counters().merge(part.counts());
    }
    if (counted.counters().samples() == 0) {
      throw new EvaluationFailedException(
          String.format(
              Locale.ROOT,
              "none of the %d images at %s decodes; the first: %s",
              index.count(),
              index.title(),
              counted.badImages().get(0)));
    }
    return new EvaluationResult(
        name,
        sha256,
        count,
        counted.counters().samples(),
        task,
        counted.metrics(),
        (end - evaluating) * 1e-9,
        (end - start) * 1e-9,
        counted.badImages());
  }

  private int executors() throws InterruptedException, EvaluationFailedException {
    try {
      return ExecutorWait.forAny(cluster, LOG::info).forAll(cluster.wanted());
    } catch (TooFewExecutorsException e) {
      throw new EvaluationFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private SampleIndex index(Task task, List<String> classes) throws IOException {
    DataSplit split = DataSet.at(request.data(), cluster.hadoop()).split(request.split());
    SampleIndex index = SampleIndexer.on(cluster.scanJobs()).index(split);
    return task.targetFile().isPresent()
        ? LabelFile.label(
            index, split, task.targetFile().get(), Optional.of(classes), cluster.hadoop())
        : index;
  }

  private List<EvaluationTask.Part> evaluate(SampleIndex index, int count)
      throws InterruptedException, EvaluationFailedException {
    List<EvaluationTask.Part> parts;
    try (Shared<SampleIndex> everywhere = cluster.share(index)) {
      parts =
          cluster.job(
              "Convoy evaluation of " + request.model(),
              count,
              new EvaluationTask(request, everywhere));
    } catch (StageFailedException e) {
      throw new EvaluationFailedException(String.valueOf(e.getMessage()), e);
    }
    for (EvaluationTask.Part part : parts) {
      if (!part.failure().isEmpty()) {
        throw new EvaluationFailedException(part.failure());
      }
    }
    return parts;
  }
}
