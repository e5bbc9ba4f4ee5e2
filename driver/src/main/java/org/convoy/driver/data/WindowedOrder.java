package org.convoy.driver.data;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An order in which no sample stands twice. Its windows are made when they are read, and the last
 * ones are kept. So it takes memory for blocks and for a few windows, and not for all samples.
 */
final class WindowedOrder implements EpochOrder {
  private final BlockOrder blocks;
  private final Windows windows;
  private final Map<Long, int[]> kept;

  /**
   * @param lanes their number; a window of each is kept, and a second one, because readers run
   *     ahead
   */
  WindowedOrder(BlockOrder blocks, Windows windows, int lanes) {
    this.blocks = blocks;
    this.windows = windows;
    this.kept =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, int[]> eldest) {
            return size() > 2 * lanes;
          }
        };
  }

  @Override
  public int sample(int place) {
    int lane = place / windows.laneLength();
    int inLane = place % windows.laneLength();
    int window = windows.at(inLane);
    return window(lane, window)[inLane - windows.from(window)];
  }

  @Override
  public int earlier(int place) {
    return 0;
  }

  private int[] window(int lane, int window) {
    synchronized (kept) {
      return kept.computeIfAbsent(
          (long) lane * windows.count() + window, key -> make(lane, window));
    }
  }

  private int[] make(int lane, int window) {
    int start = lane * windows.laneLength();
    int[] samples = blocks.samples(start + windows.from(window), start + windows.from(window + 1));
    windows.shuffle(samples, lane, window);
    return samples;
  }
}
