package org.convoy.jobs.rivals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.jspecify.annotations.Nullable;

/** The contender's side of the protocol: the main loop of its process. */
public final class ContenderLoop {
  private final Contender.Maker maker;
  private @Nullable Contender contender;
  private boolean training;
  private ResidentMemory memory = ResidentMemory.now();

  private ContenderLoop(Contender.Maker maker) {
    this.maker = maker;
  }

  /** {@link #run(Contender.Maker, String, Task.Mode)} of a contender that trains. */
  public static void run(Contender.Maker maker, String variant) throws IOException {
    run(maker, variant, Task.Mode.TRAINING);
  }

  /**
   * Obeys orders from standard input until it ends. A tiny network computes first, so that the
   * framework's libraries are in memory and do not count as the network's.
   *
   * @param variant of the tiny network's task, any that the maker knows
   * @param mode of the tiny network's task, one that the maker knows
   */
  public static void run(Contender.Maker maker, String variant, Task.Mode mode) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    rehearse(maker, variant, mode);
    ContenderLoop loop = new ContenderLoop(maker);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      Optional<Order> order = Lines.read(line, Order.class);
      if (order.isPresent()) {
        answers.println(Lines.of(loop.obey(order.get())));
        answers.flush();
      }
    }
    loop.close();
  }

  private static void rehearse(Contender.Maker maker, String variant, Task.Mode mode) {
    Graph graph =
        Value.input(Shape.of(3, 8, 8))
            .conv("conv", 16, 3)
            .norm("norm")
            .relu()
            .globalAveragePool()
            .linear("fc", 10)
            .graph("rehearsal");
    Task task = new Task(graph.toJson(), 4, mode, Task.Precision.FLOAT32, 1e-3, 1, variant);
    try (Contender contender = maker.make(task)) {
      contender.infer();
      contender.step();
    }
  }

  private Answer obey(Order order) {
    try {
      if (order instanceof Order.Prepare prepare) {
        close();
        memory = ResidentMemory.now();
        contender = maker.make(prepare.task());
        training = prepare.task().mode() == Task.Mode.TRAINING;
        return new Answer.Ready();
      }
      if (contender == null) {
        throw new IllegalStateException("expected an order to prepare first, got " + order);
      }
      if (order instanceof Order.Step step) {
        return step(contender, step.steps());
      }
      return new Answer.Logits(contender.infer());
    } catch (UnsupportedOperationException e) {
      return new Answer.Refused(String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError e) {
      e.printStackTrace();
      return new Answer.Failed(e.toString());
    }
  }

  private Answer step(Contender contender, int steps) {
    long[] nanos = new long[steps];
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      long start = System.nanoTime();
      contender.step();
      nanos[i] = System.nanoTime() - start;
      losses[i] = training ? contender.loss() : 0;
    }
    return new Answer.Stepped(nanos, losses, memory.peakGrowth());
  }

  private void close() {
    if (contender != null) {
      contender.close();
      contender = null;
    }
  }
}
