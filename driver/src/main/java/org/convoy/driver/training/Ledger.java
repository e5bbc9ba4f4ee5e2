package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.Event;
import org.convoy.driver.monitor.MachineRecord;
import org.convoy.driver.monitor.Progress;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.driver.monitor.Terminal;
import org.convoy.image.loader.BadImage;

/**
 * The driver's record of a running run. It receives the messages of executors and of Spark, informs
 * the user, and keeps the state that the driver needs.
 */
final class Ledger {
  private final Progress progress;
  private final EventFile events;
  private final RunSpec run;
  private final Set<String> badImages = new LinkedHashSet<>();
  private final Map<String, Message.Ready> ready = new TreeMap<>();
  private final List<Message.Failed> failures = new ArrayList<>();
  private final Machines machines = new Machines();
  private final Set<String> leavers = new LinkedHashSet<>();
  private final Set<String> lost = new LinkedHashSet<>();
  private final SlowExecutors slow;
  private String lastLoss = "";
  private int executors;
  private int restarts;
  private int losses;
  private boolean stopped;

  Ledger(Terminal terminal, RunSpec spec, EventFile events) {
    this.events = events;
    this.run = spec;
    this.progress =
        new Progress(
            terminal,
            spec.recipe().epochs(),
            spec.lastStep(),
            spec.recipe().monitor().progressSeconds(),
            spec.recipe().task().stated());
    this.slow = new SlowExecutors(progress, events);
  }

  Progress progress() {
    return progress;
  }

  /** Begins an attempt. */
  synchronized void begin(RunSpec spec, int executors, int wanted) {
    failures.clear();
    ready.clear();
    losses = 0;
    this.executors = executors;
    long from = spec.resumeFrom().orElse(0L);
    events.add(beginning(spec, executors, from));
    stopped = false;
    leavers.clear();
    slow.begin();
    String fewer =
        executors < wanted ? String.format(Locale.ROOT, " of the %d asked for", wanted) : "";
    progress.message(
        String.format(
            Locale.ROOT,
            "training %s on %d executor%s%s, %s",
            spec.recipe().model().name(),
            executors,
            executors == 1 ? "" : "s",
            fewer,
            spec.resumeFrom()
                .map(step -> "from the checkpoint of step " + step)
                .orElse("from the beginning")));
  }

  private Event beginning(RunSpec spec, int executors, long from) {
    if (stopped) {
      return new Event.Resized(from, executors);
    }
    if (restarts > 0) {
      return new Event.Restarted(restarts, from, executors);
    }
    return new Event.RunStarted(
        spec.recipe().name(),
        spec.recipe().model().name(),
        executors,
        from,
        spec.recipe().digest());
  }

  private void stop(Message.Stopped message) {
    stopped = true;
    ready.values().stream()
        .filter(known -> message.leavers().contains(known.rank()))
        .map(Message.Ready::executor)
        .forEach(leavers::add);
    progress.message(
        String.format(
            Locale.ROOT,
            "step %d: saving, to go on with %s",
            message.step(),
            leavers.isEmpty()
                ? "the executors that there are now"
                : "fewer executors: told to end are " + String.join(", ", leavers)));
  }

  /** The executors that were told to end while this attempt ran, by Spark's ids. */
  synchronized Set<String> leavers() {
    return Set.copyOf(leavers);
  }

  /** Takes a message of an executor. */
  synchronized void accept(Message message) {
    if (message instanceof Message.Ready known) {
      ready.put(known.executor(), known);
      machines.add(known.host(), known.machine());
      if (ready.size() == executors) {
        machines.warning().ifPresent(progress::message);
      }
    } else if (message instanceof Message.LacksPrecision lacks) {
      progress.message(lacks.told());
    } else if (message instanceof Message.LacksKernels lacks) {
      progress.message(lacks.told());
    } else if (message instanceof Message.JpegsDecoded jpegs) {
      progress.message(jpegs.told());
    } else if (message instanceof Message.Progressed step) {
      StepRecord record =
          new StepRecord(
              step.step(),
              step.epoch() + 1,
              step.loss(),
              step.learningRate(),
              step.images() / (step.nanos() * 1e-9));
      progress.step(record);
      events.add(new Event.StepDone(record));
    } else if (message instanceof Message.Timed timed) {
      progress.times(timed.times());
      slow.add(timed, Optional.ofNullable(ready.get(timed.executor())));
      events.add(new Event.StepTimed(timed.step(), timed.executor(), timed.steps(), timed.times()));
    } else if (message instanceof Message.EpochDone epoch) {
      EpochRecord record =
          new EpochRecord(
              epoch.epoch() + 1,
              epoch.step(),
              epoch.trainLoss(),
              epoch.metrics(),
              epoch.images() / epoch.seconds(),
              epoch.seconds());
      progress.epoch(record);
      events.add(new Event.EpochDone(record));
      slow.tell();
    } else if (message instanceof Message.StoppedEarly end) {
      progress.message(
          String.format(
              Locale.ROOT,
              "stopped early: epoch %d was the best, and none of the %d after it was better",
              end.bestEpoch(),
              end.epoch() - end.bestEpoch()));
      events.add(new Event.StoppedEarly(end.epoch(), end.bestEpoch()));
    } else if (message instanceof Message.Saved saved) {
      events.add(new Event.CheckpointSaved(saved.step(), run.output() + "/checkpoints"));
      slow.tell();
    } else if (message instanceof Message.Stopped stopping) {
      stop(stopping);
    } else if (message instanceof Message.Dealt dealt) {
      progress.message("step " + dealt.step() + ": dealt by measured speed: " + dealt.groups());
      events.add(new Event.Dealt(dealt.step(), dealt.groups()));
    } else if (message instanceof Message.BadImages bad) {
      for (BadImage image : bad.images()) {
        if (badImages.add(image.name())) {
          progress.message("skipped an image that does not decode: " + image);
          events.add(new Event.BadImage(image.name(), image.reason()));
        }
      }
    } else if (message instanceof Message.Failed failure) {
      failures.add(failure);
      notifyAll();
    }
  }

  /** Takes Spark's message that an executor is lost, which may come more than once. */
  synchronized void lost(String executor, String reason) {
    if (!lost.add(executor)) {
      return;
    }
    losses++;
    Message.Ready known = ready.get(executor);
    String where =
        known == null
            ? ""
            : String.format(Locale.ROOT, " on %s, rank %d", known.host(), known.rank());
    lastLoss =
        String.format(
            Locale.ROOT,
            "executor %s%s was lost: %s",
            executor,
            where,
            reason.lines().findFirst().orElse(""));
    progress.message(lastLoss);
    events.add(new Event.ExecutorLost(executor, reason));
    notifyAll();
  }

  /** Records that the run resumes from a checkpoint. */
  synchronized void restarted(long step) {
    restarts++;
    progress.message(
        String.format(
            Locale.ROOT,
            "restart %d (at most %d within an hour), from %s",
            restarts,
            run.recipe().maxRestarts(),
            step == 0 ? "the beginning" : "the checkpoint of step " + step));
  }

  /**
   * The first failure of this attempt that is an executor's own, and not only the loss of another
   * executor.
   */
  synchronized Optional<Message.Failed> firstCause() {
    return failures.stream()
        .filter(failure -> !failure.peerLost() && !(failure.connecting() && losses > 0))
        .findFirst();
  }

  /**
   * Waits until the reason for an attempt's failure is known. Messages of executors and of Spark
   * arrive on separate paths. An executor's own failure is certain at once; the loss of another
   * executor only when Spark has noticed it too.
   *
   * @return whether the reason is known
   */
  synchronized boolean awaitCause(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (losses == 0
        && failures.stream().allMatch(failure -> failure.peerLost() || failure.connecting())) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** The executors that others have given up, by Spark's ids. */
  synchronized Set<String> givenUp() {
    Set<String> all = new LinkedHashSet<>();
    failures.stream().filter(Message.Failed::peerLost).forEach(f -> all.add(f.lostExecutor()));
    return all;
  }

  /** Whether this attempt lost an executor. */
  synchronized boolean peersLost() {
    if (losses == 0 && !failures.isEmpty()) {
      // It hangs or cannot be reached, and Spark has not noticed.
      lastLoss = failures.get(0).message();
      progress.message("an executor was lost: " + lastLoss);
    }
    return losses > 0 || !failures.isEmpty();
  }

  synchronized String lastLoss() {
    return lastLoss;
  }

  synchronized int restarts() {
    return restarts;
  }

  /** The machines of the executors of all attempts. */
  synchronized List<MachineRecord> machines() {
    return machines.records();
  }

  synchronized List<String> badImages() {
    return List.copyOf(badImages);
  }
}
