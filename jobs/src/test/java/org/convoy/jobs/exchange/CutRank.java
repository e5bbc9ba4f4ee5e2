package org.convoy.jobs.exchange;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.wire.ExchangeException;
import org.convoy.driver.exchange.wire.MeshSettings;
import org.convoy.kernels.Backends;

/**
 * One executor of {@link CutLinksTest}: the main class of its process. In each round it takes steps
 * with all forms at once, each form in a thread and over connections of its own.
 *
 * <p>It prints lines of a word, the form's number, and a text: {@code meet} its message for the
 * rendezvous, {@code stepping} when some steps are done, {@code done} the digest of the parameters,
 * or {@code lost} an error. It reads lines of the form's number and all messages, between tabs.
 */
final class CutRank {
  /** Steps before {@code stepping}. */
  private static final int FIRST = 3;

  private final PrintStream out;
  private final String[] arguments;
  private final Map<Integer, BlockingQueue<String>> meetings = new ConcurrentHashMap<>();

  private CutRank(PrintStream out, String[] arguments) {
    this.out = out;
    this.arguments = arguments;
  }

  /**
   * Runs a rank.
   *
   * @param arguments the rank, its address, the exchange's timeout, rounds, steps of a round,
   *     milliseconds between two steps, and the tasks
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out = System.out;
    System.setOut(System.err);
    Backends.get("onednn").machine();
    new CutRank(out, arguments).run();
  }

  private void run() throws InterruptedException {
    Thread reader = new Thread(this::read);
    reader.setDaemon(true);
    reader.start();
    for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 6; i < arguments.length; i++) {
        int form = i - 6;
        ExchangeTask task = ExchangeTask.decode(arguments[i]);
        threads.add(new Thread(() -> run(form, task)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int tab = line.indexOf('\t');
        meetings(Integer.parseInt(line.substring(0, tab))).add(line.substring(tab + 1));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    // The test has ended.
    Runtime.getRuntime().halt(1);
  }

  private BlockingQueue<String> meetings(int form) {
    return meetings.computeIfAbsent(form, each -> new LinkedBlockingQueue<>());
  }

  private void say(String word, int form, String text) {
    synchronized (out) {
      out.println(word + "\t" + form + "\t" + text.replaceAll("\\s+", " "));
      out.flush();
    }
  }

  private String[] meet(int form, String message) {
    say("meet", form, message);
    try {
      return meetings(form).take().split("\t");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run(int form, ExchangeTask task) {
    int rank = Integer.parseInt(arguments[0]);
    int steps = Integer.parseInt(arguments[4]);
    MeshSettings settings =
        MeshSettings.of(
            Map.of("spark.convoy.exchange.stallTimeout", arguments[2]),
            arguments[1],
            "e" + rank,
            Optional.empty());
    try (Exchange exchange =
            Exchange.open(settings, rank, task.executors(), message -> meet(form, message));
        SyntheticStep step = new SyntheticStep(task, exchange)) {
      for (int i = 0; i < steps; i++) {
        step.take();
        if (i == FIRST) {
          say("stepping", form, "");
        }
        Thread.sleep(Integer.parseInt(arguments[5]));
      }
      say("done", form, Long.toString(step.digest()));
    } catch (ExchangeException e) {
      say("lost", form, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
