package org.convoy.driver.exchange.sums;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Exchanges encoded gradients. Each group's gradients are summed exactly and encoded by a {@link
 * ChunkCodec}. Every executor receives the encoded gradients of all groups, adds them in the order
 * of groups, and makes the same update of all parameters. No parameters are exchanged.
 *
 * <p>A bucket of neighbouring chunks is sent as soon as it has been encoded, while the executor's
 * last micro-batch is still in backward. If the gradient is clipped, its norm must be known first,
 * and everything is sent after backward.
 */
final class SparseCombiner implements Combiner {

  /** Parameters in a bucket, if a chunk has fewer. */
  private static final int BUCKET_FLOATS = 1 << 20;

  private final Exchange exchange;
  private final VectorLayout layout;
  private final Chunks chunks;
  private final int perBucket;
  private final int buckets;
  private final int groups;
  private final int own;
  private final double clipNorm;
  private final Share share;
  private final INDArray gradient;
  private final VectorMemory memory;
  private final ChunkCodec codec;
  private final GroupSums sums;
  private final Moments moments;
  private final byte[][][] encoded;
  private final double[] squares;
  private final float[] values;
  private Optional<Messages> messages = Optional.empty();
  private int offered;
  private long step;

  /**
   * @param clipNorm the most that the norm of the mean gradient of a group may be; 0: any
   */
  SparseCombiner(
      Exchange exchange,
      MicroBatches range,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory,
      double clipNorm,
      ChunkCodec codec) {
    this.exchange = exchange;
    this.layout = layout;
    this.chunks = layout.trainedChunks();
    this.perBucket = perBucket(layout);
    this.buckets = (chunks.count() + perBucket - 1) / perBucket;
    this.groups = range.groups();
    this.own = range.asGroups().count();
    this.clipNorm = clipNorm * range.perGroup();
    this.share = new Share(0, OptionalInt.empty(), parameters, gradient, 0, 1, range.total());
    this.gradient = gradient;
    this.memory = memory;
    this.codec = codec;
    this.sums = new GroupSums(range, layout, gradient, memory, this::complete);
    this.moments = new Moments(range, layout, gradient);
    this.encoded = new byte[own][chunks.count()][];
    this.squares = new double[chunks.count()];
    this.values = new float[layout.chunkFloats()];
  }

  private static int perBucket(VectorLayout layout) {
    return Math.max(1, BUCKET_FLOATS / layout.chunkFloats());
  }

  /** The native bytes that an executor's combiner takes, those of the codec left out. */
  static long bytes(MicroBatches range, VectorLayout layout) {
    return GroupSums.bytes(range, layout) + Moments.bytes(range, layout);
  }

  /**
   * What an executor sends in a step.
   *
   * @param bytesPerElement of an encoded gradient
   * @param early whether it can leave during backward
   */
  static Load load(
      double bytesPerElement,
      boolean early,
      MicroBatches range,
      int executors,
      VectorLayout layout) {
    double bytes =
        bytesPerElement
            * layout.trainedChunks().elements()
            * range.asGroups().count()
            * (executors - 1.0);
    return new Load(early ? bytes : 0, early ? 0 : bytes, 0, executors == 1 ? 0 : 1, 0)
        .plus(Load.moments(range, executors, layout));
  }

  @Override
  public List<Share> shares() {
    return List.of(share);
  }

  @Override
  public INDArray next() {
    if (messages.isEmpty()) {
      messages = Optional.of(exchange.beginMessages(buckets));
      offered = 0;
      codec.begin(step);
    }
    return share.parameters();
  }

  @Override
  public void finished(long from, long to) {
    sums.finished(from, to);
  }

  private void complete(int group, int chunk, Floats sum) {
    if (clipNorm > 0) {
      read(chunk, sum);
      squares[chunk] = squares(values, chunks.length(chunk));
    } else {
      encode(group, chunk, sum, 1);
    }
  }

  private void encode(int group, int chunk, Floats sum, float factor) {
    int length = chunks.length(chunk);
    read(chunk, sum);
    if (factor != 1) {
      for (int i = 0; i < length; i++) {
        values[i] *= factor;
      }
    }
    encoded[group][chunk] = codec.encode(group, chunk, values, length);
    if (group == own - 1) {
      offer();
    }
  }

  /** Reads a chunk. What never moves has no gradient, and its memory holds anything. */
  private void read(int chunk, Floats sum) {
    long start = chunks.start(chunk);
    int length = chunks.length(chunk);
    sum.get(start, values, length);
    for (VectorLayout.Range still : layout.still()) {
      int from = (int) Math.max(0, Math.min(length, still.from() - start));
      int to = (int) Math.max(0, Math.min(length, still.to() - start));
      Arrays.fill(values, from, to, 0);
    }
  }

  private static double squares(float[] values, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  /** Sends the buckets that are complete, from the last to the first. */
  private void offer() {
    while (offered < buckets && ready(bucket(offered))) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      int bucket = bucket(offered);
      for (byte[][] ofGroup : encoded) {
        for (int chunk = first(bucket); chunk < first(bucket + 1); chunk++) {
          message.writeBytes(ofGroup[chunk]);
          ofGroup[chunk] = null;
        }
      }
      messages.orElseThrow().offer(message.toByteArray());
      offered++;
    }
  }

  private boolean ready(int bucket) {
    for (int chunk = first(bucket); chunk < first(bucket + 1); chunk++) {
      if (encoded[own - 1][chunk] == null) {
        return false;
      }
    }
    return true;
  }

  /** The bucket of a message. */
  private int bucket(int message) {
    return buckets - 1 - message;
  }

  private int first(int bucket) {
    return Math.min(bucket * perBucket, chunks.count());
  }

  @Override
  public void endMicroBatch(Update update) {
    boolean complete = sums.endMicroBatch();
    if (complete) {
      if (clipNorm > 0) {
        encodeClipped();
      }
      sums.nextGroup();
    }
    moments.add();
  }

  private void encodeClipped() {
    double norm = Math.sqrt(Arrays.stream(squares).sum());
    float factor = norm > clipNorm ? (float) (clipNorm / norm) : 1;
    for (int chunk = chunks.count() - 1; chunk >= 0; chunk--) {
      encode(sums.group(), chunk, sums.sum(), factor);
    }
  }

  @Override
  public void endStep(long stepsBefore, Update update) {
    Floats target = Floats.of(gradient);
    Messages received = messages.orElseThrow();
    for (int message = 0; message < buckets; message++) {
      add(received.take(), bucket(message), target);
    }
    received.finish();
    messages = Optional.empty();
    memory.send(gradient, 0, layout.trained());
    sums.nextStep();
    step = stepsBefore + 1;
    moments.sum(exchange);
    update.statistics(share, gradient);
    update.apply(share);
  }

  private void add(List<ByteBuffer> ofRanks, int bucket, Floats target) {
    int from = first(bucket);
    int to = first(bucket + 1);
    long place = chunks.place(from);
    float[] sum = new float[Math.toIntExact(chunks.place(to) - place)];
    int counted = 0;
    for (ByteBuffer message : ofRanks) {
      while (message.hasRemaining()) {
        for (int chunk = from; chunk < to; chunk++) {
          codec.add(message, sum, (int) (chunks.place(chunk) - place), chunks.length(chunk));
        }
        counted++;
      }
    }
    if (counted != groups) {
      throw new IllegalStateException(
          "expected the gradients of " + groups + " groups, got those of " + counted);
    }
    for (int chunk = from; chunk < to; chunk++) {
      int at = (int) (chunks.place(chunk) - place);
      target.put(chunks.start(chunk), sum, at, chunks.length(chunk));
    }
  }

  @Override
  public boolean together(long steps) {
    return true;
  }

  @Override
  public void collect(Fill fill, INDArray target) {
    fill.fill(share, target);
  }

  @Override
  public List<State> state(long steps) {
    return codec.state();
  }

  @Override
  public void restored(long steps) {
    step = steps;
  }

  @Override
  public void close() {
    sums.close();
    moments.close();
    codec.close();
  }
}
