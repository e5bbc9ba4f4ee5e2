package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes each element of gradient and residual whose magnitude reaches the threshold as plus or
 * minus the threshold, and all others as zero.
 *
 * <p>A chunk is a byte that states the form, the threshold (float32, of the sum over a group), and
 * one of two forms, whichever is shorter. A list has for each {@value #BLOCK} elements their count,
 * and for each encoded element 16 bits: its place in the block, and its sign in the highest bit. A
 * bitmap has 2 bits for each element: 0 for zero, 1 for plus, 2 for minus. Numbers are
 * little-endian.
 */
final class ThresholdCodec implements ChunkCodec {

  private static final int BLOCK = 1 << 15;
  private static final int MINUS = 1 << 15;
  private static final byte LIST = 1;
  private static final byte BITMAP = 2;
  private static final int HEADER_BYTES = 1 + Float.BYTES;

  /** The greatest factor by which a threshold changes in a step. */
  private static final double MOST_CHANGE = 1.2;

  private static final double GAIN = 0.2;

  private static final float LEAST = 1e-20f;
  private static final float MOST = 1e20f;

  private final double density;
  private final int perGroup;
  private final Chunks chunks;
  private final Residuals residuals;
  private final Residuals thresholds;
  private final float[] residual;
  private final int[] places;

  /**
   * @param threshold the first threshold, of the mean gradient of a group
   * @param density the part of the elements that is to be sent, to which each chunk's threshold
   *     adapts; 0: the threshold stays
   */
  ThresholdCodec(double threshold, double density, MicroBatches range, VectorLayout layout) {
    this.density = density;
    this.perGroup = range.perGroup();
    this.chunks = layout.trainedChunks();
    this.residuals = new Residuals("residual", range.asGroups(), chunks.elements());
    this.thresholds =
        new Residuals("threshold", range.asGroups(), chunks.count()).fill((float) threshold);
    this.residual = new float[layout.chunkFloats()];
    this.places = new int[layout.chunkFloats()];
  }

  /** The native bytes that the state of an executor's groups takes. */
  static long bytes(MicroBatches range, VectorLayout layout) {
    MicroBatches own = range.asGroups();
    Chunks chunks = layout.trainedChunks();
    return Residuals.bytes(own, chunks.elements()) + Residuals.bytes(own, chunks.count());
  }

  /** The bytes that an element takes on average, if a part of all elements is sent. */
  static double bytesPerElement(double density) {
    return Math.min(Short.BYTES * density, 0.25);
  }

  @Override
  public void begin(long step) {
    // Thresholds follow from what was sent, not from the step.
  }

  @Override
  public byte[] encode(int group, int chunk, float[] values, int length) {
    long start = chunks.place(chunk);
    residuals.of(group).get(start, residual, length);
    float[] thresholdOfChunk = new float[1];
    thresholds.of(group).get(chunk, thresholdOfChunk, 1);
    float threshold = thresholdOfChunk[0] * perGroup;
    int count = 0;
    boolean finite = true;
    for (int i = 0; i < length; i++) {
      float value = residual[i] + values[i];
      // NaN is sent: the run must notice it.
      if (!(Math.abs(value) < threshold)) {
        places[count++] = value < 0 ? -1 - i : i;
        finite &= Math.abs(value) <= Float.MAX_VALUE;
        value -= value < 0 ? -threshold : threshold;
      }
      residual[i] = value;
    }
    residuals.of(group).put(start, residual, length);
    if (density > 0) {
      thresholdOfChunk[0] = adapted(thresholdOfChunk[0], count / (double) length);
      thresholds.of(group).put(chunk, thresholdOfChunk, 1);
    }
    return write(finite ? threshold : Float.NaN, count, length);
  }

  /**
   * Moves a threshold by a small power of the ratio of what was sent to what is wanted. What stays
   * below the threshold now is sent later, so greater steps would swing.
   */
  private float adapted(float threshold, double sent) {
    double wanted = StrictMath.pow(sent / density, GAIN);
    double factor = Math.max(1 / MOST_CHANGE, Math.min(MOST_CHANGE, wanted));
    return Math.max(LEAST, Math.min(MOST, (float) (threshold * factor)));
  }

  private byte[] write(float threshold, int count, int length) {
    int blocks = (length + BLOCK - 1) / BLOCK;
    int list = Short.BYTES * (blocks + count);
    int bitmap = (length + 3) / 4;
    ByteBuffer message =
        ByteBuffer.allocate(HEADER_BYTES + Math.min(list, bitmap)).order(ByteOrder.LITTLE_ENDIAN);
    message.put(list <= bitmap ? LIST : BITMAP).putFloat(threshold);
    if (list <= bitmap) {
      writeList(message, count, length);
    } else {
      byte[] bits = message.array();
      for (int i = 0; i < count; i++) {
        int place = places[i] < 0 ? -1 - places[i] : places[i];
        int code = places[i] < 0 ? 2 : 1;
        bits[HEADER_BYTES + place / 4] |= (byte) (code << (2 * (place % 4)));
      }
    }
    return message.array();
  }

  private void writeList(ByteBuffer message, int count, int length) {
    int next = 0;
    for (int block = 0; block < length; block += BLOCK) {
      int head = message.position();
      message.putShort((short) 0);
      int first = next;
      while (next < count && place(next) < block + BLOCK) {
        message.putShort((short) (place(next) - block | (places[next] < 0 ? MINUS : 0)));
        next++;
      }
      message.putShort(head, (short) (next - first));
    }
  }

  private int place(int i) {
    return places[i] < 0 ? -1 - places[i] : places[i];
  }

  @Override
  public void add(ByteBuffer message, float[] sum, int at, int length) {
    message.order(ByteOrder.LITTLE_ENDIAN);
    byte form = message.get();
    float threshold = message.getFloat();
    switch (form) {
      case LIST -> addList(message, threshold, sum, at, length);
      case BITMAP -> addBitmap(message, threshold, sum, at, length);
      default ->
          throw new IllegalStateException("expected an encoded chunk of form 1 or 2, got " + form);
    }
  }

  private static void addList(
      ByteBuffer message, float threshold, float[] sum, int at, int length) {
    for (int block = 0; block < length; block += BLOCK) {
      int count = Short.toUnsignedInt(message.getShort());
      for (int i = 0; i < count; i++) {
        int word = message.getShort();
        sum[at + block + (word & (BLOCK - 1))] += (word & MINUS) == 0 ? threshold : -threshold;
      }
    }
  }

  private static void addBitmap(
      ByteBuffer message, float threshold, float[] sum, int at, int length) {
    for (int i = 0; i < length; i += 4) {
      int codes = message.get();
      for (int j = 0; j < 4 && codes != 0; j++) {
        int code = codes >> (2 * j) & 3;
        if (code != 0) {
          sum[at + i + j] += code == 1 ? threshold : -threshold;
        }
      }
    }
  }

  @Override
  public List<Combiner.State> state() {
    List<Combiner.State> state = new ArrayList<>(residuals.state());
    state.addAll(thresholds.state());
    return state;
  }

  @Override
  public void close() {
    residuals.close();
    thresholds.close();
  }
}
