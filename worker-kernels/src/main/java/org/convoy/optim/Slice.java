package org.convoy.optim;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One chunk of the flat vectors: views of parameters, gradient and optimizer state, all dense
 * float32 of equal length, and the mask of the elements that decay. It is made once per chunk, used
 * for every step, and holds no values itself.
 *
 * <p>Different threads may update slices of different chunks at the same time. Only one thread at a
 * time may update a slice.
 */
public final class Slice {
  /** Number of elements staged at once: four arrays of this size stay in the first-level cache. */
  private static final int BLOCK = 2048;

  private static final ThreadLocal<List<float[]>> SCRATCH = ThreadLocal.withInitial(ArrayList::new);

  /** Kept because the buffers do not keep their memory alive. */
  private final List<INDArray> arrays;

  private final int length;
  private final FloatBuffer parameters;
  private final FloatBuffer gradient;
  private final List<FloatBuffer> state;
  private final DecayMask decay;
  private final double rate;

  /**
   * @param parameters (n) float32, changed by an update
   * @param gradient (n) float32, the sum over micro-batches, only read
   * @param state one (n) float32 for each of {@link Optimizer#stateNames()}, in that order, zero
   *     before the first step
   * @param decay which elements weight decay applies to, counted from the start of this slice
   * @throws IllegalArgumentException if an array is not dense float32 of rank 1, or the lengths
   *     differ
   */
  public Slice(INDArray parameters, INDArray gradient, List<INDArray> state, DecayMask decay) {
    this(parameters, gradient, state, decay, 1);
  }

  /**
   * A slice with its own factor of the learning rate.
   *
   * @param rate factor of the learning rate
   */
  public Slice(
      INDArray parameters, INDArray gradient, List<INDArray> state, DecayMask decay, double rate) {
    this.parameters = FloatMemory.of("parameters", parameters);
    this.length = this.parameters.limit();
    this.gradient = sameLength("gradient", gradient);
    List<FloatBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < state.size(); i++) {
      buffers.add(sameLength("state " + i, state.get(i)));
    }
    this.state = List.copyOf(buffers);
    this.rate = rate;
    this.decay = decay.slice(0, length);
    if (this.decay.count() != decay.count()) {
      throw new IllegalArgumentException(
          "decay mask: expected within " + length + " elements, got " + decay);
    }
    List<INDArray> all = new ArrayList<>(state);
    all.add(parameters);
    all.add(gradient);
    this.arrays = List.copyOf(all);
  }

  /** Which elements decay, counted from the start of this slice. */
  public DecayMask decay() {
    return decay;
  }

  /** The factor of the learning rate for this slice. */
  public double rate() {
    return rate;
  }

  /** Number of elements. */
  public int length() {
    return length;
  }

  /**
   * An element-wise update of {@code [from, to)} of staged arrays. Either all elements belong to
   * one tensor that decays, or none decays.
   */
  interface Kernel {
    /**
     * @param p parameters, changed
     * @param g unscaled gradient
     * @param s state arrays, changed
     * @param tensor number of the tensor in the whole vector's mask; negative if it does not decay
     */
    void apply(float[] p, float[] g, float[][] s, int from, int to, int tensor);
  }

  /** The sum of the squares of the unscaled gradient, see {@link GlobalNorm#sumOfSquares}. */
  double gradientSquares() {
    return GlobalNorm.sumOfSquares(gradient);
  }

  /** Runs an update over all elements, block by block through heap arrays. */
  void update(int stateCount, Kernel kernel) {
    if (state.size() != stateCount) {
      throw new IllegalArgumentException(
          "state: expected " + stateCount + " vectors, got " + state.size());
    }
    assert arrays.size() == stateCount + 2;
    float[] p = scratch(0);
    float[] g = scratch(1);
    float[][] s = new float[stateCount][];
    for (int i = 0; i < stateCount; i++) {
      s[i] = scratch(2 + i);
    }
    int nextRange = 0;
    for (int start = 0; start < length; start += BLOCK) {
      int count = Math.min(BLOCK, length - start);
      parameters.get(start, p, 0, count);
      gradient.get(start, g, 0, count);
      for (int i = 0; i < stateCount; i++) {
        state.get(i).get(start, s[i], 0, count);
      }
      nextRange = runs(kernel, p, g, s, start, count, nextRange);
      parameters.put(start, p, 0, count);
      for (int i = 0; i < stateCount; i++) {
        state.get(i).put(start, s[i], 0, count);
      }
    }
  }

  /**
   * Splits a block where decay begins and ends. Returns the first range that extends past the
   * block.
   */
  private int runs(
      Kernel kernel, float[] p, float[] g, float[][] s, int start, int count, int firstRange) {
    List<DecayMask.Range> ranges = decay.ranges();
    int range = firstRange;
    int at = 0;
    while (at < count) {
      while (range < ranges.size() && ranges.get(range).to() <= start + at) {
        range++;
      }
      long from = range < ranges.size() ? ranges.get(range).from() - start : count;
      boolean decays = from <= at;
      int to = (int) Math.min(count, decays ? ranges.get(range).to() - start : from);
      kernel.apply(p, g, s, at, to, decays ? decay.first() + range : -1);
      at = to;
    }
    return range;
  }

  private FloatBuffer sameLength(String role, INDArray array) {
    FloatBuffer buffer = FloatMemory.of(role, array);
    if (buffer.limit() != length) {
      throw new IllegalArgumentException(
          role + ": expected " + length + " elements, got " + buffer.limit());
    }
    return buffer;
  }

  private static float[] scratch(int index) {
    List<float[]> blocks = SCRATCH.get();
    while (blocks.size() <= index) {
      blocks.add(new float[BLOCK]);
    }
    return blocks.get(index);
  }
}
