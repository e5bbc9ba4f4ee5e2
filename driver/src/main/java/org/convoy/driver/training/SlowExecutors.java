package org.convoy.driver.training;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.convoy.driver.monitor.Event;
import org.convoy.driver.monitor.Progress;
import org.convoy.driver.monitor.Stragglers;

/** Names slow executors to the user while an attempt runs, each of them once. */
final class SlowExecutors {
  private final Progress progress;
  private final EventFile events;
  private final Set<String> told = new LinkedHashSet<>();
  private Stragglers stragglers = new Stragglers();

  SlowExecutors(Progress progress, EventFile events) {
    this.progress = progress;
    this.events = events;
  }

  /** Begins an attempt. */
  void begin() {
    told.clear();
    stragglers = new Stragglers();
  }

  /** Takes the time of an executor's last steps. */
  void add(Message.Timed timed, Optional<Message.Ready> known) {
    String host = known.map(Message.Ready::host).orElse("an unknown host");
    stragglers.add(timed.executor(), host, timed.microBatches(), timed.steps(), timed.times());
  }

  /** Compares the executors by their steps since the last comparison, if these are enough. */
  void tell() {
    if (!stragglers.enough()) {
      return;
    }
    for (Stragglers.Straggler each : stragglers.found()) {
      if (told.add(each.executor())) {
        progress.message(each.toString());
        events.add(new Event.SlowExecutor(each));
      }
    }
    stragglers = new Stragglers();
  }
}
