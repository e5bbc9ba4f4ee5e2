package org.convoy.driver.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * Assigns samples to micro-batches. The result is a pure function of seed, samples, sampling,
 * micro-batches and settings. It depends neither on the number of executors nor on earlier calls.
 * Thread-safe.
 *
 * <p>A global batch is M micro-batches of b samples. Lane m is the sequence of samples that
 * micro-batch position m takes in an epoch, b per step. The order of an epoch is made in these
 * steps:
 *
 * <ol>
 *   <li>A {@link Sampling} says how often the epoch takes each sample. With {@link Uniform} all but
 *       n mod (M * b) samples are taken once. Those are the next ones on a ring of all samples,
 *       which is shuffled once from the seed. So each epoch leaves out other samples, and all
 *       samples are left out equally often.
 *   <li>The samples are cut into blocks of neighbours at multiples of the block size, and the
 *       blocks are shuffled.
 *   <li>The sequence of what the blocks give is cut into M lanes of equal length.
 *   <li>Each lane is cut into equal windows of at most the set number of blocks, and each window is
 *       shuffled.
 * </ol>
 *
 * <p>A reader that holds the blocks of a window reads each block once and in one piece. A batch
 * still comes from as many places of the data set as a window has blocks, even if the data set is
 * sorted by class.
 */
public final class Lanes {

  static final long LEFT_OUT = 1;

  private final int count;
  private final int lanes;
  private final int batch;
  private final long seed;
  private final LaneSettings settings;
  private final int steps;
  private final int copies;
  private final int distinct;
  private final Selection selection;

  /**
   * The orders of the last two epochs, by epoch mod 2, because readers run ahead into the next
   * epoch.
   */
  private final AtomicReferenceArray<Epoch> cached = new AtomicReferenceArray<>(2);

  private record Epoch(int number, EpochOrder order) {}

  /** Lanes that take each sample once. */
  public Lanes(int count, int microBatches, int microBatchSize, long seed, LaneSettings settings) {
    this(
        new Sampling.Labelled(List.of(""), count, sample -> 0),
        new Uniform(),
        microBatches,
        microBatchSize,
        seed,
        settings);
  }

  /** Lanes over the samples of an index. */
  public Lanes(
      SampleIndex index,
      Sampling sampling,
      int microBatches,
      int microBatchSize,
      long seed,
      LaneSettings settings) {
    this(Sampling.Labelled.of(index), sampling, microBatches, microBatchSize, seed, settings);
  }

  /**
   * Fixes the lanes of a run.
   *
   * @param samples of the training split
   * @param sampling how often an epoch takes each
   * @param microBatches M, micro-batches per global batch
   * @param microBatchSize b, samples per micro-batch, a multiple of the sampling's copies
   * @param seed seed of the sample order
   * @throws IllegalArgumentException if there are fewer samples than one global batch takes
   */
  Lanes(
      Sampling.Labelled samples,
      Sampling sampling,
      int microBatches,
      int microBatchSize,
      long seed,
      LaneSettings settings) {
    int count = samples.count();
    if (microBatches < 1 || microBatchSize < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 micro-batch of at least 1 sample, got "
              + microBatches
              + " of "
              + microBatchSize);
    }
    long globalBatch = (long) microBatches * microBatchSize;
    if (count < globalBatch) {
      throw new IllegalArgumentException(
          "expected samples for at least one global batch of "
              + globalBatch
              + " ("
              + microBatches
              + " micro-batches of "
              + microBatchSize
              + "), got "
              + count);
    }
    this.count = count;
    this.lanes = microBatches;
    this.batch = microBatchSize;
    this.seed = seed;
    this.settings = settings;
    this.steps = (int) (count / globalBatch);
    this.copies = sampling.copies();
    this.distinct = microBatchSize / copies;
    if (distinct * copies != microBatchSize) {
      throw new IllegalArgumentException(
          "expected micro-batches of a multiple of " + copies + " samples, got " + microBatchSize);
    }
    this.selection = sampling.of(samples, steps * lanes * distinct, seed);
  }

  /** Steps in an epoch: floor(count / (M * b)). */
  public int stepsPerEpoch() {
    return steps;
  }

  /** M, the number of lanes. */
  public int count() {
    return lanes;
  }

  /** b, samples per lane and step. */
  public int microBatchSize() {
    return batch;
  }

  /** Samples that fill no global batch: count mod (M * b). */
  public int remainder() {
    return count - steps * lanes * batch;
  }

  /**
   * The samples of one micro-batch, in order, as a copy. The first call for an epoch draws the
   * order of its blocks, the first one for a window the order in it.
   *
   * @param epoch from 0
   * @param step within the epoch, 0..stepsPerEpoch-1
   * @param lane 0..M-1
   */
  public int[] microBatch(int epoch, int step, int lane) {
    require(epoch, step, lane);
    return places(step, lane).map(epoch(epoch)::sample).toArray();
  }

  /**
   * Which of its appearances in the epoch each sample of a micro-batch has there, from 0. A sample
   * is augmented differently in each.
   *
   * @param epoch from 0
   * @param step within the epoch, 0..stepsPerEpoch-1
   * @param lane 0..M-1
   */
  public int[] appearances(int epoch, int step, int lane) {
    require(epoch, step, lane);
    EpochOrder order = epoch(epoch);
    int[] places = places(step, lane).toArray();
    int[] appearances = new int[batch];
    for (int i = 0; i < batch; i++) {
      appearances[i] = order.earlier(places[i]) * copies + i / distinct;
    }
    return appearances;
  }

  private void require(int epoch, int step, int lane) {
    if (epoch < 0 || step < 0 || step >= steps || lane < 0 || lane >= lanes) {
      throw new IndexOutOfBoundsException(
          "expected epoch >= 0, step in 0.."
              + (steps - 1)
              + ", lane in 0.."
              + (lanes - 1)
              + ", got "
              + epoch
              + ", "
              + step
              + ", "
              + lane);
    }
  }

  /**
   * The places of a micro-batch in the order of its epoch. Copy k of what lane m has in a step is
   * in the micro-batch of lane m + k.
   */
  private IntStream places(int step, int lane) {
    return IntStream.range(0, batch)
        .map(
            i -> {
              int from = Math.floorMod(lane - i / distinct, lanes);
              return (from * steps + step) * distinct + i % distinct;
            });
  }

  /** The samples that an epoch leaves out, ascending. */
  public int[] leftOut(int epoch) {
    Selection.Taken taken = selection.epoch(epoch);
    return IntStream.range(0, count).filter(sample -> taken.times(sample) == 0).toArray();
  }

  private EpochOrder epoch(int epoch) {
    Epoch known = cached.get(epoch & 1);
    if (known != null && known.number() == epoch) {
      return known.order();
    }
    synchronized (cached) {
      known = cached.get(epoch & 1);
      if (known == null || known.number() != epoch) {
        known = new Epoch(epoch, draw(epoch));
        cached.set(epoch & 1, known);
      }
      return known.order();
    }
  }

  private EpochOrder draw(int epoch) {
    BlockOrder blocks =
        new BlockOrder(count, settings.blockSize(), selection.epoch(epoch), seed, epoch);
    Windows windows = Windows.of(steps * distinct, settings, seed, epoch);
    return selection.repeats()
        ? new WholeOrder(blocks, windows, lanes, count)
        : new WindowedOrder(blocks, windows, lanes);
  }
}
