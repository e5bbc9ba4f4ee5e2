package org.convoy.driver.data;

import java.util.BitSet;

/** Each sample once an epoch, but for those that fill no global batch: others in each epoch. */
public record Uniform() implements Sampling {
  @Override
  public Selection of(Labelled samples, int places, long seed) {
    return without(samples.count(), places, seed);
  }

  /** Each epoch leaves out the next samples on a ring. */
  static Selection without(int count, int places, long seed) {
    if (places == count) {
      return new Once(epoch -> new BitSet());
    }
    SampleRing ring = SampleRing.ofAll(count, seed, Lanes.LEFT_OUT);
    return new Once(
        epoch -> {
          BitSet out = new BitSet(count);
          ring.next(epoch, count - places).forEach(out::set);
          return out;
        });
  }

  /** What an epoch leaves out. */
  @FunctionalInterface
  private interface LeftOut {
    BitSet of(int epoch);
  }

  private record Once(LeftOut leftOut) implements Selection {
    @Override
    public Taken epoch(int epoch) {
      return new Rest(leftOut.of(epoch));
    }

    @Override
    public boolean repeats() {
      return false;
    }
  }

  private record Rest(BitSet out) implements Selection.Taken {
    @Override
    public int times(int sample) {
      return out.get(sample) ? 0 : 1;
    }

    @Override
    public int sum(int from, int end) {
      int sum = 0;
      for (int sample = from; sample < end; sample++) {
        sum += times(sample); // nextSetBit would walk far beyond the block.
      }
      return sum;
    }
  }
}
