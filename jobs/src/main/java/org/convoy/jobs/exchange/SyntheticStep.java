package org.convoy.jobs.exchange;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.bytedeco.javacpp.BytePointer;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.driver.exchange.wire.Traffic;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training step without a network: gradients are given, and the optimizer puts the sum in the
 * place of the parameters. So what the exchange takes is what the step takes, unless the task says
 * how long an executor computes: then it waits that long where a network would compute.
 */
final class SyntheticStep implements AutoCloseable {
  /** Elements whose sums are checked. */
  private static final int PROBES = 997;

  /** Parts of the vector that are used one after another in forward, and computed in backward. */
  private static final int PARTS = 50;

  /** Of a micro-batch's time: backward computes the gradients of data and of weights. */
  private static final double BACKWARD = 2.0 / 3;

  private final Exchange exchange;
  private final VectorLayout layout;
  private final MicroBatches range;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Combiner combiner;
  private final List<INDArray> gradients = new ArrayList<>();
  private final double partSeconds;
  private long steps;

  SyntheticStep(ExchangeTask task, Exchange exchange) {
    this.exchange = exchange;
    long floats = task.floats();
    this.layout = task.layout();
    this.range = MicroBatches.range(exchange.rank(), exchange.size(), task.groups());
    this.parameters = Nd4j.zeros(DataType.FLOAT, floats);
    this.gradient = Nd4j.zeros(DataType.FLOAT, floats);
    for (int microBatch = range.from(); microBatch < range.to(); microBatch++) {
      gradients.add(Nd4j.createFromArray(drawn(microBatch, Math.toIntExact(floats))));
    }
    this.combiner = task.form().open(exchange, range, layout, parameters, gradient);
    this.partSeconds = task.computeSeconds() / gradients.size() / PARTS;
  }

  /** A micro-batch's gradient, the same in every step. */
  private static float[] drawn(int microBatch, int count) {
    SplittableRandom random = new SplittableRandom(microBatch);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() - 0.5) * 0.01f;
    }
    return values;
  }

  /**
   * A step's exchange.
   *
   * @param seconds that it took; making gradients is not counted
   * @param bytesSent in it
   * @param waitedSeconds in which this executor waited for others
   */
  record Taken(double seconds, double bytesSent, double waitedSeconds) {
    static Taken of(double seconds, Traffic traffic) {
      return new Taken(seconds, traffic.bytesSent(), traffic.nanosWaited() / 1e9);
    }
  }

  /** Takes a step. All executors begin at the same time. */
  Taken take() {
    long nanos = 0;
    gradient.assign(gradients.get(0));
    exchange.barrier();
    Traffic before = exchange.traffic();
    for (INDArray each : gradients) {
      if (each != gradients.get(0)) {
        gradient.assign(each);
      }
      long start = System.nanoTime();
      combiner.next();
      combiner.finished(0, layout.trained());
      combiner.endMicroBatch(update);
      nanos += System.nanoTime() - start;
    }
    long start = System.nanoTime();
    combiner.endStep(steps, update);
    combiner.awaitAll();
    steps++;
    nanos += System.nanoTime() - start;
    return Taken.of(nanos / 1e9, exchange.traffic().since(before));
  }

  /**
   * Takes steps without a pause between them, in which the executor computes. Parameters are
   * awaited as forward needs them, and gradients leave as backward finishes them.
   *
   * @return the mean of the steps
   */
  Taken takeComputing(int count) {
    exchange.barrier();
    Traffic before = exchange.traffic();
    long start = System.nanoTime();
    for (int step = 0; step < count; step++) {
      for (INDArray each : gradients) {
        combiner.next();
        Computing computing = new Computing();
        forward(computing);
        computing.without(combiner::awaitAll);
        backward(each, computing);
        combiner.endMicroBatch(update);
      }
      combiner.endStep(steps, update);
      combiner.returnParameters();
      steps++;
    }
    combiner.awaitAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    Taken all = Taken.of(seconds, exchange.traffic().since(before));
    return new Taken(seconds / count, all.bytesSent() / count, all.waitedSeconds() / count);
  }

  private void forward(Computing computing) {
    for (int part = 0; part < PARTS; part++) {
      long from = start(part);
      long to = start(part + 1);
      computing.without(() -> combiner.await(from, to));
      computing.pass((1 - BACKWARD) * partSeconds);
    }
  }

  private void backward(INDArray given, Computing computing) {
    for (int part = PARTS - 1; part >= 0; part--) {
      long from = start(part);
      long to = start(part + 1);
      copy(given, gradient, from, to - from);
      computing.pass(BACKWARD * partSeconds);
      computing.without(() -> combiner.finished(from, to));
    }
  }

  private long start(int part) {
    return part * layout.trained() / PARTS;
  }

  /**
   * The clock of a micro-batch. A system wakes a thread later than it asked for. Parts are measured
   * from the end of the one before, as it should have been, so that this does not add up, and
   * copying gradients counts as computing. What the combiner takes does not.
   */
  private static final class Computing {
    private long due = System.nanoTime();

    /** Waits until a part has taken its time. */
    void pass(double seconds) {
      due += (long) (1e9 * seconds);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    /** Does something in which the executor does not compute. */
    void without(Runnable work) {
      long start = System.nanoTime();
      work.run();
      due += System.nanoTime() - start;
    }
  }

  private static void copy(INDArray from, INDArray to, long start, long count) {
    BytePointer.memcpy(
        new BytePointer(to.data().addressPointer()).getPointer(Float.BYTES * start),
        new BytePointer(from.data().addressPointer()).getPointer(Float.BYTES * start),
        Float.BYTES * count);
  }

  private final Combiner.Update update =
      new Combiner.Update() {
        @Override
        public void apply(Combiner.Share share) {
          Chunks chunks = layout.trainedChunks();
          for (int chunk = share.rank(); chunk < chunks.count(); chunk += share.owners()) {
            copy(share.sum(), share.parameters(), chunks.start(chunk), chunks.length(chunk));
          }
        }

        @Override
        public void statistics(Combiner.Share share, INDArray moments) {
          // There are none.
        }

        @Override
        public List<List<INDArray>> state(Combiner.Share share) {
          return List.of();
        }
      };

  /**
   * Checks the last step: all executors hold the same parameters, and those are the gradients' sum.
   *
   * @param tolerance the greatest error of a sum; 0: sums are not checked
   * @throws IllegalStateException if they are not
   */
  void verify(double tolerance) {
    double[][] digests = exchange.allGather(new double[] {digest()});
    for (int rank = 1; rank < digests.length; rank++) {
      if (combiner.together(steps) && digests[rank][0] != digests[0][0]) {
        throw new IllegalStateException(
            "expected the same parameters on all executors, but ranks 0 and " + rank + " differ");
      }
    }
    if (tolerance > 0) {
      verifySums(tolerance);
    }
  }

  /** A number that tells the parameters from others. */
  long digest() {
    CRC32C digest = new CRC32C();
    ByteBuffer bytes =
        new BytePointer(parameters.data().addressPointer())
            .capacity(Float.BYTES * layout.trained())
            .asByteBuffer();
    digest.update(bytes);
    return digest.getValue();
  }

  private void verifySums(double tolerance) {
    double[] own = new double[PROBES];
    for (int probe = 0; probe < PROBES; probe++) {
      for (INDArray each : gradients) {
        own[probe] += each.getFloat(place(probe));
      }
    }
    double[][] all = exchange.allGather(own);
    for (int probe = 0; probe < PROBES; probe++) {
      double expected = 0;
      for (double[] ofRank : all) {
        expected += ofRank[probe];
      }
      double got = parameters.getFloat(place(probe));
      if (!(Math.abs(got - expected) <= tolerance)) {
        throw new IllegalStateException(
            "element " + place(probe) + ": expected the sum " + expected + ", got " + got);
      }
    }
  }

  private long place(int probe) {
    return probe * layout.trained() / PROBES;
  }

  @Override
  public void close() {
    combiner.close();
    gradients.forEach(INDArray::close);
    parameters.close();
    gradient.close();
  }
}
