package org.convoy.driver.data;

/**
 * The windows of the lanes: equal parts of a lane, of at most a number of samples, that are
 * shuffled each.
 *
 * @param laneLength samples in a lane
 * @param count windows in a lane
 */
record Windows(int laneLength, int count, long seed, int epoch) {
  private static final long WINDOWS = 3;

  static Windows of(int laneLength, LaneSettings settings, long seed, int epoch) {
    long most = settings.windowSamples();
    return new Windows(laneLength, (int) ((laneLength + most - 1) / most), seed, epoch);
  }

  /** The first place of a window in its lane. */
  int from(int window) {
    return (int) ((long) laneLength * window / count);
  }

  /** The window of a place in its lane. */
  int at(int place) {
    int window = (int) ((long) place * count / laneLength);
    return from(window + 1) <= place ? window + 1 : window;
  }

  /** Shuffles the samples of a window. */
  void shuffle(int[] samples, int lane, int window) {
    KeyedShuffle shuffle = new KeyedShuffle(seed, WINDOWS, epoch, lane);
    // The windows before have drawn a number for each of their samples but one.
    shuffle.skip(from(window) - window);
    shuffle.shuffle(samples, 0, samples.length);
  }
}
