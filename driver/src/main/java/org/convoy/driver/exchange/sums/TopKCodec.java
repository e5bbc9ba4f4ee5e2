package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;

/**
 * Encodes the elements of greatest magnitude of each chunk, with their values. Of equal magnitudes
 * the first ones are taken.
 *
 * <p>A chunk is the number of its encoded elements (int32), their places in ascending order (16
 * bits, or 32 in chunks of more than {@value #SHORT_PLACES} elements), and their values (float32).
 * Numbers are little-endian.
 */
final class TopKCodec implements ChunkCodec {

  /** The bytes of an encoded element, in chunks of usual length. */
  static final int BYTES = Short.BYTES + Float.BYTES;

  private static final int SHORT_PLACES = 1 << 16;

  /** Bits of a magnitude that each of three rounds of counting decides. */
  private static final int[] ROUNDS = {11, 10, 10};

  private final LongToDoubleFunction density;
  private final float momentum;
  private final Chunks chunks;
  private final boolean shortPlaces;
  private final Residuals residuals;
  private final Optional<Residuals> velocities;
  private final float[] residual;
  private final float[] velocity;
  private final int[] magnitudes;
  private final int[] counts = new int[1 << ROUNDS[0]];
  private double densityNow;

  /**
   * @param density the part of a chunk's elements that is sent in a step
   * @param momentum of the correction; 0: none
   */
  TopKCodec(
      LongToDoubleFunction density, double momentum, MicroBatches range, VectorLayout layout) {
    this.density = density;
    this.momentum = (float) momentum;
    this.chunks = layout.trainedChunks();
    this.shortPlaces = layout.chunkFloats() <= SHORT_PLACES;
    this.residuals = new Residuals("residual", range.asGroups(), chunks.elements());
    this.velocities =
        momentum == 0
            ? Optional.empty()
            : Optional.of(new Residuals("velocity", range.asGroups(), chunks.elements()));
    this.residual = new float[layout.chunkFloats()];
    this.velocity = new float[layout.chunkFloats()];
    this.magnitudes = new int[layout.chunkFloats()];
  }

  /** The native bytes that the state of an executor's groups takes. */
  static long bytes(double momentum, MicroBatches range, VectorLayout layout) {
    return (momentum == 0 ? 1 : 2)
        * Residuals.bytes(range.asGroups(), layout.trainedChunks().elements());
  }

  @Override
  public void begin(long step) {
    densityNow = density.applyAsDouble(step);
  }

  @Override
  public byte[] encode(int group, int chunk, float[] values, int length) {
    long start = chunks.place(chunk);
    residuals.of(group).get(start, residual, length);
    velocities.ifPresent(
        each -> {
          each.of(group).get(start, velocity, length);
          for (int i = 0; i < length; i++) {
            velocity[i] = momentum * velocity[i] + values[i];
            values[i] = velocity[i];
          }
        });
    for (int i = 0; i < length; i++) {
      residual[i] += values[i];
      magnitudes[i] = Float.floatToRawIntBits(residual[i]) & Integer.MAX_VALUE;
    }
    int count = Math.max(1, (int) Math.ceil(densityNow * length));
    byte[] message = write(Math.min(count, length), length);
    residuals.of(group).put(start, residual, length);
    velocities.ifPresent(each -> each.of(group).put(start, velocity, length));
    return message;
  }

  /** Writes the greatest elements, and forgets them here. */
  private byte[] write(int count, int length) {
    int[] least = least(count, length);
    int ties = least[1];
    int placeBytes = shortPlaces ? Short.BYTES : Integer.BYTES;
    ByteBuffer message =
        ByteBuffer.allocate(Integer.BYTES + count * (placeBytes + Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(count);
    int value = Integer.BYTES + count * placeBytes;
    for (int i = 0; i < length; i++) {
      boolean tie = magnitudes[i] == least[0] && ties > 0;
      if (magnitudes[i] > least[0] || tie) {
        ties -= tie ? 1 : 0;
        if (shortPlaces) {
          message.putShort((short) i);
        } else {
          message.putInt(i);
        }
        message.putFloat(value, residual[i]);
        value += Float.BYTES;
        residual[i] = 0;
        velocity[i] = 0;
      }
    }
    return message.array();
  }

  /**
   * The least of the {@code count} greatest magnitudes, and how many elements of just this
   * magnitude are among them. Counts the elements by the highest bits, then by the next ones.
   */
  private int[] least(int count, int length) {
    int known = 0;
    int shift = Integer.SIZE - 1;
    int missing = count;
    for (int bits : ROUNDS) {
      int above = shift;
      shift -= bits;
      int last = (1 << bits) - 1;
      Arrays.fill(counts, 0);
      for (int i = 0; i < length; i++) {
        if (magnitudes[i] >>> above == known >>> above) {
          counts[magnitudes[i] >>> shift & last]++;
        }
      }
      int digit = last;
      while (counts[digit] < missing) {
        missing -= counts[digit--];
      }
      known |= digit << shift;
    }
    return new int[] {known, missing};
  }

  @Override
  public void add(ByteBuffer message, float[] sum, int at, int length) {
    message.order(ByteOrder.LITTLE_ENDIAN);
    int count = message.getInt();
    if (count < 1 || count > length) {
      throw new IllegalStateException(
          "expected 1 to " + length + " encoded elements of a chunk, got " + count);
    }
    int value = message.position() + count * (shortPlaces ? Short.BYTES : Integer.BYTES);
    for (int i = 0; i < count; i++) {
      int place = shortPlaces ? Short.toUnsignedInt(message.getShort()) : message.getInt();
      sum[at + place] += message.getFloat(value + i * Float.BYTES);
    }
    message.position(value + count * Float.BYTES);
  }

  @Override
  public List<Combiner.State> state() {
    List<Combiner.State> state = new ArrayList<>(residuals.state());
    velocities.ifPresent(each -> state.addAll(each.state()));
    return state;
  }

  @Override
  public void close() {
    residuals.close();
    velocities.ifPresent(Residuals::close);
  }
}
