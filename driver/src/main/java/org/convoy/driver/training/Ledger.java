package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.Progress;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.driver.monitor.Terminal;

/**
 * What the driver knows of a run under way: it hears executors and Spark, tells the user, and
 * remembers what matters.
 */
final class Ledger {
  private final Progress progress;
  private final RunSpec run;
  private final Set<String> badImages = new LinkedHashSet<>();
  private final Map<String, Message.Ready> ready = new TreeMap<>();
  private final List<Message.Failed> failures = new ArrayList<>();
  private String lastLoss = "";
  private int restarts;
  private int losses;

  Ledger(Terminal terminal, RunSpec spec) {
    this.run = spec;
    this.progress =
        new Progress(
            terminal,
            spec.recipe().epochs(),
            spec.lastStep(),
            spec.recipe().monitor().progressSeconds());
  }

  Progress progress() {
    return progress;
  }

  /** An attempt begins. */
  synchronized void begin(RunSpec spec, int executors, int wanted) {
    failures.clear();
    ready.clear();
    losses = 0;
    String fewer = executors < wanted ? " of the %d asked for".formatted(wanted) : "";
    progress.message(
        "training %s on %d executor%s%s, %s"
            .formatted(
                spec.recipe().model().name(),
                executors,
                executors == 1 ? "" : "s",
                fewer,
                spec.resumeFrom()
                    .map("from the checkpoint of step %d"::formatted)
                    .orElse("from the beginning")));
  }

  /** A message came in. */
  synchronized void accept(Message message) {
    if (message instanceof Message.Ready known) {
      ready.put(known.executor(), known);
    } else if (message instanceof Message.Progressed step) {
      progress.step(
          new StepRecord(
              step.step(),
              step.epoch() + 1,
              step.loss(),
              step.learningRate(),
              step.images() / (step.nanos() * 1e-9)));
    } else if (message instanceof Message.EpochDone epoch) {
      progress.epoch(
          new EpochRecord(
              epoch.epoch() + 1,
              epoch.step(),
              epoch.trainLoss(),
              epoch.validationLoss(),
              epoch.top1(),
              epoch.top5(),
              epoch.images() / epoch.seconds(),
              epoch.seconds()));
    } else if (message instanceof Message.BadImages bad) {
      for (String name : bad.names()) {
        if (badImages.add(name)) {
          progress.message("skipped an image that does not decode: " + name);
        }
      }
    } else if (message instanceof Message.Failed failure) {
      failures.add(failure);
    }
  }

  /** Spark says that an executor is gone. */
  synchronized void lost(String executor, String reason) {
    losses++;
    Message.Ready known = ready.get(executor);
    String where = known == null ? "" : " on %s, rank %d".formatted(known.host(), known.rank());
    lastLoss =
        "executor %s%s was lost: %s"
            .formatted(executor, where, reason.lines().findFirst().orElse(""));
    progress.message(lastLoss);
  }

  /** The run is about to go on from a checkpoint. */
  synchronized void restarted(long step) {
    restarts++;
    progress.message(
        "restart %d of at most %d, from %s"
            .formatted(
                restarts,
                run.recipe().maxRestarts(),
                step == 0 ? "the beginning" : "the checkpoint of step " + step));
  }

  /** The first failure of this attempt that is not merely the loss of another executor. */
  synchronized Optional<Message.Failed> firstCause() {
    return failures.stream().filter(failure -> !failure.peerLost()).findFirst();
  }

  /** Whether this attempt lost an executor. */
  synchronized boolean peersLost() {
    if (losses == 0 && !failures.isEmpty()) {
      lastLoss = failures.get(0).message();
    }
    return losses > 0 || !failures.isEmpty();
  }

  synchronized String lastLoss() {
    return lastLoss;
  }

  synchronized int restarts() {
    return restarts;
  }

  synchronized List<String> badImages() {
    return List.copyOf(badImages);
  }
}
