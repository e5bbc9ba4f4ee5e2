package org.convoy.driver.training;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.evaluation.Counted;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.driver.spark.Shared;
import org.convoy.graph.Graph;
import org.convoy.image.loader.BadImage;
import org.convoy.kernels.Backends;
import org.convoy.kernels.NativeMemory;
import org.convoy.kernels.Precision;
import org.nd4j.linalg.factory.Nd4j;

/** An executor's share of the validation of a run whose training another program does. */
final class EngineValidation implements RankTask<EngineValidation.Part> {
  private static final long serialVersionUID = 1L;

  private final RunSpec spec;
  private final Shared<SampleIndex> validation;
  private final Shared<float[]> parameters;

  EngineValidation(RunSpec spec, Shared<SampleIndex> validation, Shared<float[]> parameters) {
    this.spec = spec;
    this.validation = validation;
    this.parameters = parameters;
  }

  @Override
  public Part run(Place place) throws IOException, InterruptedException {
    NativeMemory.unlimited();
    Graph graph = spec.graph();
    SampleIndex index = validation.value();
    try (Weights weights =
            new Weights(Backends.get("onednn"), graph, Nd4j.createFromArray(parameters.value()));
        SampleReader reader = SampleReader.of(index, spec.lanes(), place.hadoop());
        Evaluator evaluator =
            new Evaluator(
                weights,
                spec.microBatchSize(),
                Precision.FLOAT32,
                spec.recipe().task(),
                spec.recipe().loss().unsmoothed(),
                index,
                new ImageFeed(
                    index,
                    reader,
                    spec.recipe().image().preprocessing(graph.inputShape()),
                    spec.recipe().data().loading(spec.microBatchSize(), place.cores())))) {
      Counted counted = evaluator.evaluate(weights.parameters(), place.rank(), place.size());
      return new Part(
          counted.loss(),
          counted.counters().samples(),
          counted.counters().toDoubles(),
          counted.counters().details(),
          List.copyOf(counted.badImages()));
    }
  }

  /**
   * What a share comes to.
   *
   * @param loss the mean over the share; NaN if it has no images
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent once, never compared.
  record Part(
      double loss, double samples, double[] counts, long[] details, List<BadImage> badImages)
      implements Serializable {
    void addTo(Counted all) {
      if (samples > 0) {
        all.add(loss, samples, badImages);
      }
      all.counters().merge(counts);
      all.counters().mergeDetails(details);
    }
  }
}
