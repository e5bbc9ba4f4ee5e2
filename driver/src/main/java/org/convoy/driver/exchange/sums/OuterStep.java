package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Stochastic gradient descent over the meetings of copies. With the parameters x of the last
 * meeting, the mean y of the copies, and d = x - y: {@code v = momentum v + d}, and x moves by
 * {@code -rate v}, or by {@code -rate (d + momentum v)} with Nesterov momentum. Running statistics
 * become their mean.
 *
 * <p>Each executor moves the chunks that it owns and keeps their x and v.
 */
final class OuterStep implements AutoCloseable {

  /** A chunk's parameters at the last meeting, and their velocity. */
  private record Owned(INDArray parameters, INDArray velocity) {}

  private final float rate;
  private final float momentum;
  private final boolean nesterov;
  private final Chunks chunks;
  private final Map<Integer, Owned> owned = new LinkedHashMap<>();

  /**
   * @param parameters those of the first step
   */
  OuterStep(MeetingCopies.Outer rule, Exchange exchange, VectorLayout layout, INDArray parameters) {
    this.rate = (float) rule.rate();
    this.momentum = (float) rule.momentum();
    this.nesterov = rule.nesterov();
    this.chunks = layout.trainedChunks();
    Floats first = Floats.of(parameters);
    for (int chunk = exchange.rank(); chunk < chunks.count(); chunk += exchange.size()) {
      int length = chunks.length(chunk);
      INDArray copy = Nd4j.createUninitialized(DataType.FLOAT, length);
      Floats.of(copy).copy(0, first, chunks.start(chunk), length);
      owned.put(chunk, new Owned(copy, Nd4j.create(DataType.FLOAT, length)));
    }
  }

  /** The native bytes that an executor's outer step takes. */
  static long bytes(int executors, VectorLayout layout) {
    return 2 * Float.BYTES * SumCosts.updated(executors, layout);
  }

  /**
   * Replaces the mean in a chunk that this executor owns by the new parameters.
   *
   * @param chunk of the whole vector; may be one of running statistics alone, which stay as they
   *     are
   * @param mean the whole vector
   */
  void move(int chunk, Floats mean) {
    if (!owned.containsKey(chunk)) {
      return;
    }
    Owned own = owned.get(chunk);
    int length = chunks.length(chunk);
    float[] x = new float[length];
    float[] v = new float[length];
    float[] y = new float[length];
    Floats.of(own.parameters()).get(0, x, length);
    Floats.of(own.velocity()).get(0, v, length);
    mean.get(chunks.start(chunk), y, length);
    for (int i = 0; i < length; i++) {
      float way = x[i] - y[i];
      v[i] = momentum * v[i] + way;
      x[i] -= rate * (nesterov ? way + momentum * v[i] : v[i]);
    }
    Floats.of(own.parameters()).put(0, x, length);
    Floats.of(own.velocity()).put(0, v, length);
    mean.put(chunks.start(chunk), x, length);
  }

  List<Combiner.State> state() {
    List<Combiner.State> state = new ArrayList<>();
    owned.forEach(
        (chunk, own) -> {
          state.add(new Combiner.State("outer-parameters", chunks.cell(chunk), own.parameters()));
          state.add(new Combiner.State("outer-velocity", chunks.cell(chunk), own.velocity()));
        });
    return state;
  }

  @Override
  public void close() {
    owned
        .values()
        .forEach(
            own -> {
              own.parameters().close();
              own.velocity().close();
            });
  }
}
