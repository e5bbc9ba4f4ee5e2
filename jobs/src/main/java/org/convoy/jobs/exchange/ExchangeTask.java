package org.convoy.jobs.exchange;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.VectorLayout;

/**
 * What is to be measured.
 *
 * @param form how the executors combine
 * @param executors W, the number of processes
 * @param groups G, each of one micro-batch
 * @param floats parameters of the vector
 * @param warmUp steps before the clock counts, in which code is compiled and connections reach
 *     their speed
 * @param rounds timed steps that exchange something
 * @param computeSeconds that an executor computes in a step; 0: steps only exchange
 * @param encrypted whether the executors authenticate each other and encrypt, as Spark does
 */
public record ExchangeTask(
    Combination form,
    int executors,
    int groups,
    long floats,
    int warmUp,
    int rounds,
    double computeSeconds,
    boolean encrypted)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** A convolution of 3 x 3 over 512 channels, as networks have it. */
  private static final int ROWS = 512;

  private static final int COLUMNS = 4608;

  /** The layout of the vector: as many such convolutions as it holds, and no running statistics. */
  public VectorLayout layout() {
    List<VectorLayout.Matrix> matrices = new ArrayList<>();
    for (long at = 0; at + ROWS * COLUMNS <= floats; at += ROWS * COLUMNS) {
      matrices.add(new VectorLayout.Matrix(at, ROWS, COLUMNS));
    }
    return new VectorLayout(floats, floats, Chunks.DEFAULT_FLOATS, List.of(), matrices);
  }

  /** As one word of a command line. */
  String encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(this);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write " + this, e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** The opposite of {@link #encode}. */
  static ExchangeTask decode(String word) {
    byte[] bytes = Base64.getDecoder().decode(word);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (ExchangeTask) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalArgumentException("expected an encoded task, got " + word, e);
    }
  }
}
