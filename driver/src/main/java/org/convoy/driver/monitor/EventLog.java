package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/**
 * The event file, {@code events.jsonl}: one JSON object per line, each with its time (UTC) and the
 * kind of its event. A sink appends the lines.
 */
public final class EventLog {
  /** The file's name in a run's folder. */
  public static final String FILE_NAME = "events.jsonl";

  private final Consumer<String> sink;
  private final Clock clock;

  /**
   * An event log.
   *
   * @param sink takes each line, newline included
   * @param clock the source of the times
   */
  public EventLog(Consumer<String> sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** Writes the event. */
  public synchronized void add(Event event) {
    ObjectNode node =
        Json.object()
            .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
            .put("event", event.kind());
    node.setAll(event.details());
    sink.accept(Json.line(node) + "\n");
  }
}
