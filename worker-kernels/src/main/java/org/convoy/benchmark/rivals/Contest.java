package org.convoy.benchmark.rivals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Convoy and its rivals on one task. A rival is first held against Convoy on a small batch; then
 * each entrant's variants are tried, and the fastest is kept; then all processes stand ready at
 * once and compute in turn, round after round.
 */
public final class Contest {
  private static final int WARM_UP = 3;
  private static final int COMPARED_LOSSES = 3;

  /**
   * What came of it.
   *
   * @param standings Convoy's first
   * @param absent why an entrant has no standing, by its name
   */
  public record Result(List<Standing> standings, Map<String, String> absent) {
    public Result {
      standings = List.copyOf(standings);
      absent = Map.copyOf(absent);
    }
  }

  private record Runner(Entrant entrant, Task task, Agreement agreement) {}

  private record Sample(float[] logits, double[] losses) {}

  private final Entrant convoy;
  private final List<Entrant> rivals;
  private final Task small;
  private final boolean comparesLosses;
  private final Path log;

  /**
   * @param convoy see {@link Entrant#convoy}
   * @param small the task on which the rivals must agree with Convoy
   * @param log where the processes write their standard error
   */
  public Contest(Entrant convoy, List<Entrant> rivals, Task small, Path log) {
    this.convoy = convoy;
    this.rivals = List.copyOf(rivals);
    this.small = small;
    this.comparesLosses = small.mode() == Task.Mode.TRAINING;
    this.log = log;
  }

  /**
   * Runs it.
   *
   * @param steps timed in each round, at least 1
   * @param rounds at least 1
   * @throws IllegalStateException if a rival computes something else than Convoy, or a process
   *     fails
   */
  public Result run(Task task, int steps, int rounds) throws IOException {
    Map<String, String> absent = new LinkedHashMap<>();
    List<Runner> runners = new ArrayList<>();
    Task own = convoy.accept(task, convoy.variants().get(0));
    runners.add(new Runner(convoy, own, new Agreement(0, 0)));
    Map<Task.Precision, Sample> expected = new HashMap<>();
    for (Entrant rival : rivals) {
      try {
        Task fastest = fastest(rival, task, steps);
        Task.Precision precision = fastest.precision();
        if (!expected.containsKey(precision)) {
          expected.put(precision, sample(convoy, small.withPrecision(precision)));
        }
        Sample reference = expected.get(precision);
        Sample got = sample(rival, rival.accept(small, fastest.variant()));
        Agreement agreement =
            Agreement.of(reference.logits(), reference.losses(), got.logits(), got.losses());
        if (!agreement.within(precision)) {
          throw new IllegalStateException(
              "%s computes something else than Convoy: logits are %.2g from Convoy's, losses %.2g (at most %.2g)"
                  .formatted(
                      rival.name(),
                      agreement.logits(),
                      agreement.losses(),
                      Agreement.tolerance(precision)));
        }
        runners.add(new Runner(rival, fastest, agreement));
      } catch (UnsupportedOperationException e) {
        absent.put(rival.name(), String.valueOf(e.getMessage()));
      }
    }
    return new Result(interleave(runners, steps, rounds), absent);
  }

  private Sample sample(Entrant entrant, Task task) throws IOException {
    try (ContenderProcess process = ContenderProcess.start(entrant, task.threads(), log)) {
      process.prepare(task);
      float[] logits = process.infer();
      double[] losses = comparesLosses ? process.step(COMPARED_LOSSES).losses() : new double[0];
      return new Sample(logits, losses);
    }
  }

  /** The task with the entrant's fastest variant, each tried in a process of its own. */
  private Task fastest(Entrant entrant, Task task, int steps) throws IOException {
    Task best = entrant.accept(task, entrant.variants().get(0));
    if (entrant.variants().size() == 1) {
      return best;
    }
    double bestNanos = Double.POSITIVE_INFINITY;
    for (String variant : entrant.variants()) {
      Task trial = entrant.accept(task, variant);
      try (ContenderProcess process = ContenderProcess.start(entrant, task.threads(), log)) {
        process.prepare(trial);
        process.step(WARM_UP);
        double nanos = medianNanos(process.step(steps));
        if (nanos < bestNanos) {
          bestNanos = nanos;
          best = trial;
        }
      }
    }
    return best;
  }

  private List<Standing> interleave(List<Runner> runners, int steps, int rounds)
      throws IOException {
    List<ContenderProcess> processes = new ArrayList<>();
    try {
      for (Runner runner : runners) {
        ContenderProcess process =
            ContenderProcess.start(runner.entrant(), runner.task().threads(), log);
        processes.add(process);
        process.prepare(runner.task());
        process.step(WARM_UP);
      }
      List<List<Double>> speeds = new ArrayList<>();
      runners.forEach(runner -> speeds.add(new ArrayList<>()));
      long[] peaks = new long[runners.size()];
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < runners.size(); i++) {
          Answer.Stepped stepped = processes.get(i).step(steps);
          speeds.get(i).add(runners.get(i).task().batch() / (medianNanos(stepped) * 1e-9));
          peaks[i] = stepped.peakBytes();
        }
      }
      List<Standing> standings = new ArrayList<>();
      for (int i = 0; i < runners.size(); i++) {
        Runner runner = runners.get(i);
        standings.add(
            new Standing(
                runner.entrant().name(),
                runner.task().variant(),
                runner.task().precision(),
                speeds.get(i),
                peaks[i],
                runner.agreement()));
      }
      return standings;
    } finally {
      processes.forEach(ContenderProcess::close);
    }
  }

  private static double medianNanos(Answer.Stepped stepped) {
    return Standing.median(LongStream.of(stepped.nanos()).asDoubleStream().toArray());
  }
}
