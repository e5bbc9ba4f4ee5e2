package org.convoy.driver.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.driver.data.Lanes;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.data.ValidationShare;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.graph.Shape;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.SampleViews;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.kernels.cuda.Device;

/** Loads the images of one split as batches, in the order in which this executor needs them. */
public final class ImageFeed {
  private final SampleIndex index;
  private final SampleReader reader;
  private final Preprocessing preprocessing;
  private final LoaderOptions options;

  public ImageFeed(
      SampleIndex index, SampleReader reader, Preprocessing preprocessing, LoaderOptions options) {
    this.index = index;
    this.reader = reader;
    this.preprocessing = preprocessing;
    this.options = options;
  }

  /** The samples of the split. */
  public SampleIndex index() {
    return index;
  }

  /** The memory of its batches on a backend's device, if they cross as 8-bit pixels. */
  Optional<DeviceBatch> on(Optional<Device> device) {
    return DeviceBatch.of(device, preprocessing, options);
  }

  /**
   * The micro-batches of an executor's lanes, step by step, from a step of an epoch to its end.
   *
   * @param input the shape of one sample in this epoch
   * @param views of each sample that a micro-batch holds, at the network's own resolution
   */
  public BatchLoader training(
      Shape input,
      Lanes lanes,
      MicroBatches range,
      long seed,
      int epoch,
      int fromStep,
      SampleViews views) {
    Size size = new Size(input.dimension(1), input.dimension(2));
    SampleViews sizedViews =
        views.at(new Size(preprocessing.height(), preprocessing.width()), size);
    Iterator<List<ImageSource>> batches =
        IntStream.range(fromStep, lanes.stepsPerEpoch())
            .boxed()
            .flatMap(
                step ->
                    IntStream.range(range.from(), range.to())
                        .mapToObj(
                            lane ->
                                sizedViews.of(
                                    sources(
                                        lanes.microBatch(epoch, step, lane),
                                        lanes.appearances(epoch, step, lane)))))
            .iterator();
    return BatchLoader.forTraining(batches, preprocessing.at(size), seed, epoch, options);
  }

  /** The batches of an executor's share of a split that is only evaluated. */
  public BatchLoader evaluation(ValidationShare share) {
    Iterator<List<ImageSource>> batches =
        IntStream.range(0, share.batches())
            .mapToObj(batch -> sources(share.batch(batch)))
            .iterator();
    return BatchLoader.forEvaluation(batches, preprocessing, options);
  }

  /**
   * Batches of the given samples.
   *
   * @param most samples of a batch
   */
  public BatchLoader evaluation(int[] samples, int most) {
    Iterator<List<ImageSource>> batches =
        IntStream.range(0, -Math.floorDiv(-samples.length, most))
            .mapToObj(
                i ->
                    Arrays.copyOfRange(samples, i * most, Math.min(samples.length, (i + 1) * most)))
            .map(this::sources)
            .iterator();
    return BatchLoader.forEvaluation(batches, preprocessing, options);
  }

  /** One batch of the given samples. */
  public BatchLoader evaluation(int[] samples) {
    return BatchLoader.forEvaluation(List.of(sources(samples)).iterator(), preprocessing, options);
  }

  private List<ImageSource> sources(int[] samples) {
    return sources(samples, new int[samples.length]);
  }

  private List<ImageSource> sources(int[] samples, int[] appearances) {
    index.load(samples);
    List<ImageSource> sources = new ArrayList<>(samples.length);
    for (int i = 0; i < samples.length; i++) {
      int sample = samples[i];
      sources.add(
          new ImageSource(
              sample,
              appearances[i],
              index.describe(sample),
              index.label(sample),
              () -> reader.read(sample)));
    }
    return sources;
  }
}
