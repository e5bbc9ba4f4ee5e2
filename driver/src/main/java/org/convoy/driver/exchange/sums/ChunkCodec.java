package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A lossy encoding of groups' gradients, chunk by chunk. What a chunk's encoding leaves out stays
 * in state of the group and is added to its next gradient (error feedback).
 */
interface ChunkCodec extends AutoCloseable {

  /** Begins a step; {@code step} is the number of steps before it. */
  void begin(long step);

  /**
   * Encodes a chunk of a group's gradient.
   *
   * @param group number of the group among this executor's groups
   * @param values the sum over the group's micro-batches, from index 0 on; scratch memory
   *     afterwards
   * @param length the number of values
   */
  byte[] encode(int group, int chunk, float[] values, int length);

  /**
   * Decodes a chunk and adds it.
   *
   * @param message whose position is moved behind the chunk
   * @param sum receives the values from index {@code at} on
   * @param length the number of values of the chunk
   */
  void add(ByteBuffer message, float[] sum, int at, int length);

  /** The state of this executor's groups. */
  List<Combiner.State> state();

  @Override
  void close();
}
