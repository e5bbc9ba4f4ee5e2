package org.convoy.driver.exchange.sums;

/** The number format in which sums and parameters travel between executors. */
enum WireFormat {
  /** IEEE 754 single precision: as the numbers lie in memory. */
  FLOAT32 {
    @Override
    int bytes(int floats) {
      return Float.BYTES * floats;
    }

    @Override
    void round(Floats memory, long from, int count) {
      // Every float32 is one.
    }

    @Override
    void pack(Floats source, long start, Floats target, long to, int count) {
      if (!source.sameMemory(target) || start != to) {
        target.copy(to, source, start, count);
      }
    }

    @Override
    void unpack(Floats source, long start, Floats target, long to, int count) {
      pack(source, start, target, to, count);
    }
  },

  /**
   * The upper half of a float32, rounded to nearest, ties to even. Two numbers are packed into the
   * place of one float32; see {@link Bfloat16}.
   */
  BFLOAT16 {
    @Override
    int bytes(int floats) {
      return Float.BYTES * Bfloat16.packed(floats);
    }

    @Override
    void round(Floats memory, long from, int count) {
      Bfloat16.round(memory, from, count);
    }

    @Override
    void pack(Floats source, long start, Floats target, long to, int count) {
      Bfloat16.pack(source, start, target, to, count);
    }

    @Override
    void unpack(Floats source, long start, Floats target, long to, int count) {
      Bfloat16.unpack(source, start, target, to, count);
    }
  };

  /** The bytes of some numbers on the wire. */
  abstract int bytes(int floats);

  /** Rounds float32 numbers, in place, to the nearest numbers of this format. */
  abstract void round(Floats memory, long from, int count);

  /**
   * Rounds float32 numbers and writes them as they travel. Source and target may be the same place.
   *
   * @param to where the first {@link #bytes} of the target receive them
   */
  abstract void pack(Floats source, long start, Floats target, long to, int count);

  /** The opposite of {@link #pack}. Source and target may be the same place. */
  abstract void unpack(Floats source, long start, Floats target, long to, int count);
}
