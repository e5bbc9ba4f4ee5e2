package org.convoy.jobs.rivals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;

/**
 * Convoy and its rivals on one task. First each variant of a rival computes the task in a process
 * of its own: it is held against Convoy's logits and first losses, then timed, and the fastest
 * variant is kept. Then a new process of each entrant stands ready, and they compute in turn, round
 * after round.
 */
public final class Contest {
  /** Steps before those that are timed; their losses are compared. */
  private static final int FIRST_STEPS = 3;

  /**
   * What came of it.
   *
   * @param standings Convoy's first
   * @param absent why a rival, or a variant of one, was not timed, by its name
   */
  public record Result(List<Standing> standings, Map<String, String> absent) {
    public Result {
      standings = List.copyOf(standings);
      absent = Map.copyOf(absent);
    }
  }

  private record Sample(float[] logits, double[] losses) {}

  private record Runner(Entrant entrant, Task task, Agreement agreement, double nanos) {}

  private final Entrant convoy;
  private final List<Entrant> rivals;
  private final Path log;
  private final Map<String, String> absent = new LinkedHashMap<>();
  private final Map<Task.Precision, Sample> references = new EnumMap<>(Task.Precision.class);

  /**
   * @param convoy see {@link Entrant#convoy}
   * @param log where the processes write their standard error
   */
  public Contest(Entrant convoy, List<Entrant> rivals, Path log) {
    this.convoy = convoy;
    this.rivals = List.copyOf(rivals);
    this.log = log;
  }

  /**
   * Runs it.
   *
   * @param steps timed in each round, at least 1
   * @param rounds at least 1
   * @throws IllegalStateException if Convoy's own process fails, or a rival's in a round
   */
  public Result run(Task task, int steps, int rounds) throws IOException {
    boolean losses = lossesCompare(task);
    List<Runner> runners = new ArrayList<>();
    Task own = convoy.accept(task, convoy.variants().get(0));
    runners.add(new Runner(convoy, own, new Agreement(0, 0), 0));
    for (Entrant rival : rivals) {
      Optional<Runner> fastest = Optional.empty();
      for (String variant : rival.variants()) {
        Optional<Runner> trial = attempt(rival, rival.accept(task, variant), losses, steps);
        if (trial.isPresent()
            && (fastest.isEmpty() || trial.get().nanos() < fastest.get().nanos())) {
          fastest = trial;
        }
      }
      fastest.ifPresent(runners::add);
    }
    return new Result(interleave(runners, steps, rounds), absent);
  }

  /**
   * Whether two frameworks' steps have losses, and equal ones: forward passes have none, and where
   * a network drops something, each draws for itself.
   */
  private static boolean lossesCompare(Task task) {
    return task.mode() == Task.Mode.TRAINING
        && Graph.fromJson(task.graph()).nodes().stream()
            .noneMatch(node -> node.op() instanceof Dropout dropout && dropout.probability() > 0);
  }

  /** Checks and times one variant; empty, and noted, if it fails or computes something else. */
  private Optional<Runner> attempt(Entrant rival, Task task, boolean losses, int steps)
      throws IOException {
    Task.Precision precision = task.precision();
    if (!references.containsKey(precision)) {
      Task own = convoy.accept(task, convoy.variants().get(0));
      try (ContenderProcess process = ContenderProcess.start(convoy, own.threads(), log)) {
        process.prepare(own);
        references.put(precision, sample(process, losses));
      }
    }
    Sample reference = references.get(precision);
    try (ContenderProcess process = ContenderProcess.start(rival, task.threads(), log)) {
      process.prepare(task);
      Sample got = sample(process, losses);
      Agreement agreement =
          Agreement.of(reference.logits(), reference.losses(), got.logits(), got.losses());
      if (agreement.within(precision)) {
        return Optional.of(new Runner(rival, task, agreement, medianNanos(process.step(steps))));
      }
      note(
          rival,
          task,
          String.format(
              Locale.ROOT,
              "computes something else than Convoy: logits are %.2g from Convoy's, losses %.2g (at most %.2g)",
              agreement.logits(),
              agreement.losses(),
              Agreement.tolerance(precision)));
    } catch (UnsupportedOperationException | IllegalStateException e) {
      note(rival, task, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private void note(Entrant rival, Task task, String why) {
    absent.put(
        rival.variants().size() == 1 ? rival.name() : rival.name() + " " + task.variant(), why);
  }

  private static Sample sample(ContenderProcess process, boolean withLosses) {
    float[] logits = process.infer();
    double[] losses = process.step(FIRST_STEPS).losses();
    return new Sample(logits, withLosses ? losses : new double[0]);
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
        process.step(FIRST_STEPS);
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
