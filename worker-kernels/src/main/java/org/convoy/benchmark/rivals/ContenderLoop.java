package org.convoy.benchmark.rivals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The contender's side of the protocol: the main loop of its process. */
public final class ContenderLoop {
  private final Contender.Maker maker;
  private @Nullable Contender contender;
  private ResidentMemory memory = ResidentMemory.now();

  private ContenderLoop(Contender.Maker maker) {
    this.maker = maker;
  }

  /**
   * Obeys orders from standard input until it ends. To be called when the framework's libraries are
   * loaded, so that they do not count as the network's memory.
   */
  public static void run(Contender.Maker maker) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
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

  private Answer obey(Order order) {
    try {
      if (order instanceof Order.Prepare prepare) {
        close();
        memory = ResidentMemory.now();
        contender = maker.make(prepare.task());
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
      losses[i] = contender.step();
      nanos[i] = System.nanoTime() - start;
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
