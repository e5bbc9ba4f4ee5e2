package org.convoy.driver.data;

/** An order in which a sample may stand more than once. It is held as a whole. */
final class WholeOrder implements EpochOrder {
  private final int[] samples;
  private final int[] earlier;

  /**
   * @param count samples of the data set
   */
  WholeOrder(BlockOrder blocks, Windows windows, int lanes, int count) {
    this.samples = new int[lanes * windows.laneLength()];
    for (int lane = 0; lane < lanes; lane++) {
      for (int window = 0; window < windows.count(); window++) {
        int from = lane * windows.laneLength() + windows.from(window);
        int to = lane * windows.laneLength() + windows.from(window + 1);
        int[] part = blocks.samples(from, to);
        windows.shuffle(part, lane, window);
        System.arraycopy(part, 0, samples, from, part.length);
      }
    }
    int[] met = new int[count];
    this.earlier = new int[samples.length];
    for (int place = 0; place < samples.length; place++) {
      earlier[place] = met[samples[place]]++;
    }
  }

  @Override
  public int sample(int place) {
    return samples[place];
  }

  @Override
  public int earlier(int place) {
    return earlier[place];
  }
}
