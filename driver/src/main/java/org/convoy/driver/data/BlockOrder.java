package org.convoy.driver.data;

import java.util.Arrays;

/**
 * The blocks of an epoch in their order, and what of them stands in each window before the window
 * is shuffled. It holds eight bytes a block.
 */
final class BlockOrder {
  private static final long BLOCKS = 2;

  private final int count;
  private final int blockSize;
  private final Selection.Taken taken;
  private final int[] blocks;

  /** The first place of each block in the epoch. */
  private final int[] starts;

  BlockOrder(int count, int blockSize, Selection.Taken taken, long seed, int epoch) {
    this.count = count;
    this.blockSize = blockSize;
    this.taken = taken;
    this.blocks = new int[(int) (((long) count + blockSize - 1) / blockSize)];
    Arrays.setAll(blocks, i -> i);
    new KeyedShuffle(seed, BLOCKS, epoch).shuffle(blocks, 0, blocks.length);
    this.starts = new int[blocks.length];
    int filled = 0;
    for (int i = 0; i < blocks.length; i++) {
      starts[i] = filled;
      filled += taken.sum(first(i), end(i));
    }
  }

  private int first(int i) {
    return blocks[i] * blockSize;
  }

  private int end(int i) {
    return (int) Math.min(count, ((long) blocks[i] + 1) * blockSize);
  }

  /** The samples at the places {@code from} to {@code to - 1}. */
  int[] samples(int from, int to) {
    int[] samples = new int[to - from];
    int at = Arrays.binarySearch(starts, from);
    // Of blocks that begin at the same place all but the last are empty, so any of them will do.
    int block = at >= 0 ? at : -at - 2;
    int place = starts[block];
    while (place < to) {
      for (int sample = first(block); sample < end(block); sample++) {
        for (int i = taken.times(sample); i > 0; i--) {
          if (place >= from && place < to) {
            samples[place - from] = sample;
          }
          place++;
        }
      }
      block++;
    }
    return samples;
  }
}
