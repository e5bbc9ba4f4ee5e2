package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The smallest thing that trains: a "gradient" is a fixed function of parameters, step and
 * micro-batch, with widely different magnitudes, so that every order of additions shows; the
 * optimizer is momentum.
 */
final class TinyTraining implements AutoCloseable {

  static final VectorLayout LAYOUT =
      new VectorLayout(
          1003,
          1050,
          100,
          List.of(),
          List.of(new VectorLayout.Matrix(7, 20, 30), new VectorLayout.Matrix(700, 10, 25)));

  /** The same vector, parts of which never move: whole cells of chunks, and parts of cells. */
  static final VectorLayout FROZEN =
      new VectorLayout(
          1003,
          1050,
          100,
          List.of(
              new VectorLayout.Range(0, 240),
              new VectorLayout.Range(330, 350),
              new VectorLayout.Range(500, 700),
              new VectorLayout.Range(980, 1010),
              new VectorLayout.Range(1020, 1030)),
          List.of(new VectorLayout.Matrix(350, 10, 15), new VectorLayout.Matrix(700, 10, 25)));

  /** A place in a step. */
  enum Moment {
    /** Backward has finished a part of the gradient, and goes on. */
    BACKWARD,
    /** All gradients have been given to the combiner, and nothing has been awaited. */
    ALL_COMPUTED,
    /** The parameters are about to be updated. */
    UPDATE,
    /** Updated parameters are on their way. */
    RETURN
  }

  /** Is told where a training is, and may end it. */
  @FunctionalInterface
  interface Watcher {
    void at(int step, Moment moment);
  }

  private static final int LENGTH = (int) LAYOUT.length();
  private static final int TRAINED = (int) LAYOUT.trained();

  /** A checkpoint: parameters, the optimizer's state, the combination's. */
  static final class Saved {
    private final Map<String, float[]> arrays = new ConcurrentHashMap<>();

    private float[] get(String name) {
      return Objects.requireNonNull(arrays.get(name), name);
    }

    void replaceWith(Saved other) {
      arrays.clear();
      arrays.putAll(other.arrays);
    }
  }

  private final Exchange exchange;
  private final VectorLayout layout;
  private final MicroBatches range;
  private final INDArray parameters = Nd4j.createFromArray(start());
  private final INDArray gradient = Nd4j.create(DataType.FLOAT, LENGTH);
  private final Combiner combiner;
  private final List<Map<Integer, INDArray>> momenta = new ArrayList<>();
  private Watcher watcher = (step, moment) -> {};
  private int current;

  TinyTraining(Combination combination, Exchange exchange, int microBatches, int groups) {
    this(combination, exchange, microBatches, Shares.equal(exchange.size(), groups));
  }

  TinyTraining(Combination combination, Exchange exchange, int microBatches, Shares shares) {
    this(combination, exchange, microBatches, shares, LAYOUT);
  }

  TinyTraining(
      Combination combination,
      Exchange exchange,
      int microBatches,
      Shares shares,
      VectorLayout layout) {
    this.exchange = exchange;
    this.layout = layout;
    this.range = shares.range(exchange.rank(), microBatches);
    exchange.deal(shares);
    this.combiner = combination.open(exchange, range, layout, parameters, gradient);
    Chunks chunks = layout.trainedChunks();
    for (Combiner.Share share : combiner.shares()) {
      Map<Integer, INDArray> momentum = new LinkedHashMap<>();
      for (int chunk = share.rank(); chunk < chunks.count(); chunk += share.owners()) {
        momentum.put(chunk, Nd4j.create(DataType.FLOAT, chunks.length(chunk)));
      }
      momenta.add(momentum);
    }
  }

  /** Tells somebody where it is from now on. */
  void watch(Watcher by) {
    watcher = by;
  }

  /** Whether an optimizer or statistics move an element. */
  boolean moves(int element) {
    return layout.moving().stream()
        .anyMatch(range -> range.from() <= element && element < range.to());
  }

  static float[] start() {
    return Gradients.of(1000, LENGTH);
  }

  /** The gradient and moments of a micro-batch of a step, at some parameters. */
  private static float[] gradient(float[] parameters, int step, int microBatch) {
    float[] gradient = Gradients.of(100 * step + microBatch, LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      gradient[i] += 0.1f * parameters[i];
    }
    return gradient;
  }

  void steps(int from, int to) {
    for (int step = from; step < to; step++) {
      current = step;
      for (int i = range.from(); i < range.to(); i++) {
        INDArray vector = combiner.next();
        combiner.await(0, 333);
        combiner.awaitAll();
        float[] values = vector.toFloatVector();
        backward(gradient(values, step, i), new SplittableRandom(31L * step + exchange.size()));
        combiner.endMicroBatch(update);
      }
      watcher.at(step, Moment.ALL_COMPUTED);
      combiner.endStep(step, update);
      if (step % 3 > 0) {
        combiner.returnParameters();
      }
      watcher.at(step, Moment.RETURN);
      if (step % 2 > 0) {
        exchange.barrier();
      }
    }
  }

  /** Writes a gradient from its end to its beginning in pieces, and tells of most of them. */
  private void backward(float[] values, SplittableRandom random) {
    int to = TRAINED;
    while (to > 0) {
      int from = Math.max(0, to - random.nextInt(1, 300));
      for (int i = from; i < to; i++) {
        write(i, values[i]);
      }
      if (random.nextInt(10) > 0) {
        combiner.finished(from, to);
      }
      watcher.at(current, Moment.BACKWARD);
      to = from;
    }
    for (int i = TRAINED; i < LENGTH; i++) {
      write(i, values[i]);
    }
  }

  /** Backward does not write the gradient of what never moves. */
  private void write(int element, float value) {
    gradient.putScalar(element, moves(element) ? value : 1e30f * (1 + range.from()));
  }

  private final Combiner.Update update =
      new Combiner.Update() {
        @Override
        public void apply(Combiner.Share share) {
          watcher.at(current, Moment.UPDATE);
          Chunks chunks = layout.trainedChunks();
          float[] sums = share.sum().toFloatVector();
          float[] values = share.parameters().toFloatVector();
          momenta
              .get(share.number())
              .forEach(
                  (chunk, momentum) -> {
                    for (int i = 0; i < chunks.length(chunk); i++) {
                      int at = (int) chunks.start(chunk) + i;
                      if (!moves(at)) {
                        continue;
                      }
                      float moved = moved(momentum.getFloat(i), sums[at], share.microBatches());
                      momentum.putScalar(i, moved);
                      share.parameters().putScalar(at, values[at] - 0.05f * moved);
                    }
                  });
        }

        @Override
        public void statistics(Combiner.Share share, INDArray moments) {
          for (int i = TRAINED; i < LENGTH; i++) {
            if (!moves(i)) {
              continue;
            }
            float mean = moments.getFloat(i) / share.microBatches();
            share.parameters().putScalar(i, statistic(share.parameters().getFloat(i), mean));
          }
        }

        @Override
        public List<List<INDArray>> state(Combiner.Share share) {
          return List.of(List.copyOf(momenta.get(share.number()).values()));
        }
      };

  private static float moved(float momentum, float sum, int count) {
    return 0.9f * momentum + sum / count;
  }

  private static float statistic(float old, float mean) {
    return 0.75f * old + 0.25f * mean;
  }

  /** The one vector that stands for all. */
  float[] result(int steps) {
    combiner.awaitAll();
    if (combiner.together(steps)) {
      return parameters.toFloatVector();
    }
    combiner.collect((share, target) -> target.assign(share.parameters()), gradient);
    return gradient.toFloatVector();
  }

  boolean copiesAreTheSame() {
    combiner.awaitAll();
    float[] own = parameters.toFloatVector();
    byte[] bytes = new byte[4 * LENGTH];
    boolean same = true;
    for (Combiner.Share share : combiner.shares()) {
      float[] copy = share.parameters().toFloatVector();
      same &= Arrays.equals(own, copy);
    }
    ByteBuffer.wrap(bytes).asFloatBuffer().put(own);
    for (byte[] other : exchange.allGather(bytes)) {
      same &= Arrays.equals(bytes, other);
    }
    return same;
  }

  int copies() {
    return combiner.shares().size();
  }

  /** Parameters that the optimizer keeps state for. */
  long updated() {
    return momenta.stream()
        .flatMap(each -> each.values().stream())
        .mapToLong(INDArray::length)
        .sum();
  }

  /** Bytes of the state of the combination that a checkpoint holds. */
  long stateBytes(int steps) {
    return combiner.state(steps).stream()
        .mapToLong(each -> each.array().length() * Float.BYTES)
        .sum();
  }

  void save(int steps, Saved saved) {
    combiner.awaitAll();
    if (exchange.rank() == 0) {
      saved.arrays.put("parameters", parameters.toFloatVector());
    }
    state(steps).forEach((name, array) -> saved.arrays.put(name, array.toFloatVector()));
  }

  void read(int steps, Saved saved) {
    parameters.assign(Nd4j.createFromArray(saved.get("parameters")));
    state(steps).forEach((name, array) -> array.assign(Nd4j.createFromArray(saved.get(name))));
    combiner.restored(steps);
  }

  private Map<String, INDArray> state(int steps) {
    Map<String, INDArray> state = new TreeMap<>();
    for (Combiner.Share share : combiner.shares()) {
      momenta
          .get(share.number())
          .forEach((chunk, array) -> state.put(share.group() + "/" + chunk, array));
    }
    combiner.state(steps).forEach(each -> state.put(each.name() + each.part(), each.array()));
    return state;
  }

  /** Parameter averaging in plain loops. */
  static float[] byDefinition(int microBatches, int groups, int every, int steps) {
    int each = microBatches / groups;
    float[][] copies = new float[groups][];
    float[][] momenta = new float[groups][TRAINED];
    for (int group = 0; group < groups; group++) {
      copies[group] = start();
    }
    for (int step = 0; step < steps; step++) {
      for (int group = 0; group < groups; group++) {
        float[][] leaves = new float[each][];
        for (int i = 0; i < each; i++) {
          leaves[i] = gradient(copies[group], step, group * each + i);
        }
        float[] sum = sum(leaves, 0, each);
        for (int i = 0; i < TRAINED; i++) {
          momenta[group][i] = moved(momenta[group][i], sum[i], each);
          copies[group][i] -= 0.05f * momenta[group][i];
        }
        for (int i = TRAINED; i < LENGTH; i++) {
          copies[group][i] = statistic(copies[group][i], sum[i] / each);
        }
      }
      if ((step + 1) % every == 0) {
        float[] mean = mean(copies);
        for (int group = 0; group < groups; group++) {
          copies[group] = mean.clone();
        }
      }
    }
    return steps % every == 0 ? copies[0] : mean(copies);
  }

  private static float[] mean(float[][] copies) {
    float[] mean = sum(copies, 0, copies.length);
    for (int i = 0; i < LENGTH; i++) {
      mean[i] /= copies.length;
    }
    return mean;
  }

  private static float[] sum(float[][] leaves, int from, int to) {
    if (to - from == 1) {
      return leaves[from].clone();
    }
    int middle = from + SumTree.split(to - from);
    float[] left = sum(leaves, from, middle);
    float[] right = sum(leaves, middle, to);
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }

  @Override
  public void close() {
    combiner.close();
    momenta.forEach(each -> each.values().forEach(INDArray::close));
    parameters.close();
    gradient.close();
  }
}
