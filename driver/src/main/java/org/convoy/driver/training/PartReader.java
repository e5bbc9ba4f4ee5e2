package org.convoy.driver.training;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.engine.EngineData;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads parts of global batches as arrays: the micro-batches that an executor of this rank trains
 * on, one after the other. Steps that are asked for in order are loaded ahead.
 */
final class PartReader implements AutoCloseable {
  private final RunSpec spec;
  private final Shape input;
  private final int classes;
  private final double smoothing;
  private final SampleReader reader;
  private final TrainingImages images;
  private final Supervision supervision;
  private @Nullable BatchLoader loader;
  private long nextStep = -1;
  private int loadedPart = -1;

  PartReader(RunSpec spec, SampleIndex index, Configuration hadoop, int threads)
      throws IOException {
    this.spec = spec;
    this.input = spec.graph().inputShape();
    this.classes = spec.graph().outputShape().channels();
    this.smoothing = ((CrossEntropy) spec.recipe().loss()).labelSmoothing();
    this.reader = SampleReader.of(index, spec.lanes(), hadoop);
    this.images =
        new TrainingImages(
            spec,
            new ImageFeed(
                index,
                reader,
                spec.recipe().image().preprocessing(input),
                spec.recipe().data().loading(spec.microBatchSize(), threads)));
    this.supervision = new Supervision(spec, index);
  }

  /** See {@link EngineData#load}. */
  EngineData.Part load(long step, int part, int parts) throws IOException, InterruptedException {
    MicroBatches range = MicroBatches.range(part, parts, spec.microBatches());
    BatchLoader batches = at(step, part, range);
    int count = range.count() * spec.microBatchSize();
    INDArray pixels = Nd4j.createUninitialized(DataType.FLOAT, input.batched(count), 'c');
    INDArray targets = Nd4j.createUninitialized(DataType.FLOAT, new long[] {count, classes}, 'c');
    FloatBuffer values = pixels.data().asNioFloat();
    FloatBuffer rows = targets.data().asNioFloat();
    for (int lane = range.from(); lane < range.to(); lane++) {
      try (Batch batch = batches.next().orElseThrow()) {
        Targets own = supervision.of(batch, step * spec.microBatches() + lane).targets();
        values.put(batch.imagesBuffer());
        put(own, rows);
      }
    }
    nextStep = step + 1;
    return new EngineData.Part(pixels, targets);
  }

  /** The loader, at the first micro-batch of a step. */
  private BatchLoader at(long step, int part, MicroBatches range) {
    int perEpoch = images.stepsPerEpoch();
    BatchLoader current = loader;
    if (current == null || step != nextStep || part != loadedPart || step % perEpoch == 0) {
      Optional.ofNullable(current).ifPresent(BatchLoader::close);
      int epoch = Math.toIntExact(step / perEpoch);
      current = images.load(range, epoch, Math.toIntExact(step % perEpoch));
      loader = current;
      loadedPart = part;
    }
    return current;
  }

  /** Writes each sample's distribution over the classes, smoothed as the loss says. */
  private void put(Targets targets, FloatBuffer rows) {
    float rest = (float) (smoothing / classes);
    float kept = (float) (1 - smoothing);
    if (targets instanceof Targets.Classes stated) {
      for (int label : stated.labels()) {
        for (int c = 0; c < classes; c++) {
          rows.put(c == label ? kept + rest : rest);
        }
      }
    } else if (targets instanceof Targets.Dense dense) {
      FloatBuffer values = dense.values().data().asNioFloat();
      for (int i = 0; i < spec.microBatchSize() * classes; i++) {
        rows.put(kept * values.get(i) + rest);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Optional.ofNullable(loader).ifPresent(BatchLoader::close);
    supervision.close();
    reader.close();
  }
}
