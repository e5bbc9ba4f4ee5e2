package org.convoy.driver.data;

/**
 * Settings for reading and mixing samples.
 *
 * @param blockSize neighbouring samples that are read together
 * @param windowBlocks number of blocks whose samples are shuffled together within a lane
 */
public record LaneSettings(int blockSize, int windowBlocks) {

  /**
   * Target for the image bytes of the windows of all lanes. All executors together may have to hold
   * this much.
   */
  private static final long WINDOW_BYTES = 256L << 20;

  /** The fewest samples per window, which is also the most samples per block. */
  private static final int MIN_WINDOW = 256;

  private static final int MAX_BLOCK = 32;

  /** The fewest blocks per window. A batch is drawn from this many places of the data set. */
  private static final int MIN_BLOCKS = 64;

  /** Checks that both are positive. */
  public LaneSettings {
    if (blockSize < 1 || windowBlocks < 1) {
      throw new IllegalArgumentException(
          "expected a block size and a window of at least 1, got "
              + blockSize
              + " and "
              + windowBlocks);
    }
  }

  /**
   * Settings for a data set: windows of 256 MiB over all lanes, of at least 64 blocks, or whole
   * lanes if they fit. They depend on the data and on the number of lanes, never on the number of
   * executors.
   */
  public static LaneSettings fitting(SampleIndex index, int lanes) {
    long meanBytes = Math.max(1, index.totalBytes() / Math.max(1, index.count()));
    long samples = Math.max(MIN_WINDOW, WINDOW_BYTES / lanes / meanBytes);
    int block = (int) Math.max(1, Math.min(MAX_BLOCK, samples / MIN_BLOCKS));
    return new LaneSettings(block, (int) Math.min(Integer.MAX_VALUE, samples / block));
  }

  long windowSamples() {
    return (long) blockSize * windowBlocks;
  }
}
