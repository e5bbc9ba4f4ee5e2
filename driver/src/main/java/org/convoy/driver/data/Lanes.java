package org.convoy.driver.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Assigns samples to micro-batches. The result is a pure function of seed, sample count,
 * micro-batches and settings. It depends neither on the number of executors nor on earlier calls.
 * Thread-safe.
 *
 * <p>A global batch is M micro-batches of b samples. Lane m is the sequence of samples that
 * micro-batch position m takes in an epoch, b per step. The order of an epoch is made in these
 * steps:
 *
 * <ol>
 *   <li>n mod (M * b) samples are left out: the next ones on a ring of all samples, which is
 *       shuffled once from the seed. So each epoch leaves out other samples, and all samples are
 *       left out equally often.
 *   <li>The other samples are cut into blocks of neighbours at multiples of the block size, and the
 *       blocks are shuffled.
 *   <li>The sequence of blocks is cut into M lanes of equal length.
 *   <li>Each lane is cut into equal windows of at most the set number of blocks, and each window is
 *       shuffled.
 * </ol>
 *
 * <p>A reader that holds the blocks of a window reads each block once and in one piece. A batch
 * still comes from as many places of the data set as a window has blocks, even if the data set is
 * sorted by class.
 */
public final class Lanes {

  private static final long LEFT_OUT = 1;
  private static final long BLOCKS = 2;
  private static final long WINDOWS = 3;

  private final int count;
  private final int lanes;
  private final int batch;
  private final long seed;
  private final LaneSettings settings;
  private final int steps;
  private final int[] ring;

  /**
   * The orders of the last two epochs, by epoch mod 2, because readers run ahead into the next
   * epoch.
   */
  private final AtomicReferenceArray<Epoch> cached = new AtomicReferenceArray<>(2);

  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  private record Epoch(int number, int[] order) {}

  /**
   * Fixes the lanes of a run.
   *
   * @param count samples in the training split
   * @param microBatches M, micro-batches per global batch
   * @param microBatchSize b, samples per micro-batch
   * @param seed seed of the sample order
   * @throws IllegalArgumentException if there are fewer samples than one global batch takes
   */
  public Lanes(int count, int microBatches, int microBatchSize, long seed, LaneSettings settings) {
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
    this.ring = remainder() == 0 ? new int[0] : shuffledRing();
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

  /** Samples that each epoch leaves out: count mod (M * b). */
  public int remainder() {
    return count - steps * lanes * batch;
  }

  /**
   * The samples of one micro-batch, in order, as a copy. The first call for an epoch draws its
   * order (about 20 ms for a million samples); later calls copy b numbers.
   *
   * @param epoch from 0
   * @param step within the epoch, 0..stepsPerEpoch-1
   * @param lane 0..M-1
   */
  public int[] microBatch(int epoch, int step, int lane) {
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
    int start = (lane * steps + step) * batch;
    return Arrays.copyOfRange(order(epoch), start, start + batch);
  }

  /** The samples that an epoch leaves out, in no particular order. */
  public int[] leftOut(int epoch) {
    int remainder = remainder();
    int[] out = new int[remainder];
    long start = (long) epoch * remainder % count;
    for (int i = 0; i < remainder; i++) {
      out[i] = ring[(int) ((start + i) % count)];
    }
    return out;
  }

  private int[] order(int epoch) {
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

  private int[] draw(int epoch) {
    int blockSize = settings.blockSize();
    BitSet out = new BitSet(count);
    for (int sample : leftOut(epoch)) {
      out.set(sample);
    }
    int[] blocks = new int[(int) (((long) count + blockSize - 1) / blockSize)];
    Arrays.setAll(blocks, i -> i);
    new KeyedShuffle(seed, BLOCKS, epoch).shuffle(blocks, 0, blocks.length);
    int[] order = new int[steps * lanes * batch];
    int filled = 0;
    for (int block : blocks) {
      long end = Math.min(count, ((long) block + 1) * blockSize);
      for (int sample = block * blockSize; sample < end; sample++) {
        if (!out.get(sample)) {
          order[filled++] = sample;
        }
      }
    }
    mixWindows(order, epoch);
    return order;
  }

  private void mixWindows(int[] order, int epoch) {
    int laneLength = steps * batch;
    int windows = (int) ((laneLength + settings.windowSamples() - 1) / settings.windowSamples());
    for (int lane = 0; lane < lanes; lane++) {
      long start = (long) lane * laneLength;
      KeyedShuffle shuffle = new KeyedShuffle(seed, WINDOWS, epoch, lane);
      for (int window = 0; window < windows; window++) {
        long from = start + (long) laneLength * window / windows;
        long to = start + (long) laneLength * (window + 1) / windows;
        shuffle.shuffle(order, (int) from, (int) to);
      }
    }
  }

  private int[] shuffledRing() {
    int[] samples = new int[count];
    Arrays.setAll(samples, i -> i);
    new KeyedShuffle(seed, LEFT_OUT).shuffle(samples, 0, count);
    return samples;
  }
}
