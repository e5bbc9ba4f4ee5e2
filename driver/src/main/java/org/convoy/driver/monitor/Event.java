package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An event in a run, for the event file. */
public sealed interface Event {

  /** Its kind, the value of {@code event} in the file. */
  String kind();

  /** The event's own fields. */
  ObjectNode details();

  /**
   * The run starts.
   *
   * @param name of the run
   * @param model name of the network
   * @param executors that take part
   * @param fromStep the step that it resumes from, 0 for a new run
   * @param recipeDigest digest of the settings that influence the result
   */
  record RunStarted(String name, String model, int executors, long fromStep, String recipeDigest)
      implements Event {
    @Override
    public String kind() {
      return "run-started";
    }

    @Override
    public ObjectNode details() {
      return Json.object()
          .put("name", name)
          .put("model", model)
          .put("executors", executors)
          .put("from_step", fromStep)
          .put("recipe_digest", recipeDigest);
    }
  }

  /**
   * A step is done.
   *
   * @param step its record
   */
  record StepDone(StepRecord step) implements Event {
    @Override
    public String kind() {
      return "step";
    }

    @Override
    public ObjectNode details() {
      return Json.of(step);
    }
  }

  /**
   * The time that an executor spent in its last steps, by activity.
   *
   * @param step the last of these steps
   * @param executor Spark's id of the executor
   * @param steps the number of these steps
   * @param times the means over these steps
   */
  record StepTimed(long step, String executor, int steps, StepTimes times) implements Event {
    @Override
    public String kind() {
      return "step-times";
    }

    @Override
    public ObjectNode details() {
      ObjectNode node =
          Json.object().put("step", step).put("executor", executor).put("steps", steps);
      node.set("milliseconds_per_step", times.node());
      return node;
    }
  }

  /**
   * An epoch is done.
   *
   * @param epoch its record
   */
  record EpochDone(EpochRecord epoch) implements Event {
    @Override
    public String kind() {
      return "epoch";
    }

    @Override
    public ObjectNode details() {
      return Json.of(epoch);
    }
  }

  /**
   * The run's state is saved.
   *
   * @param step the last step before it
   * @param path its location
   */
  record CheckpointSaved(long step, String path) implements Event {
    @Override
    public String kind() {
      return "checkpoint";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("step", step).put("path", path);
    }
  }

  /**
   * The run ends before its last step, because it did not improve any more.
   *
   * @param epoch the last one, from 1 on
   * @param bestEpoch the best one
   */
  record StoppedEarly(int epoch, int bestEpoch) implements Event {
    @Override
    public String kind() {
      return "stopped-early";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("epoch", epoch).put("best_epoch", bestEpoch);
    }
  }

  /**
   * Micro-batches are dealt anew, by measured speed.
   *
   * @param step the last step before it
   * @param groups the number of groups of micro-batches of each rank
   */
  record Dealt(long step, List<Integer> groups) implements Event {
    @Override
    public String kind() {
      return "dealt";
    }

    @Override
    public ObjectNode details() {
      ObjectNode details = Json.object().put("step", step);
      groups.forEach(details.putArray("groups")::add);
      return details;
    }
  }

  /** An executor is much slower than the others. */
  record SlowExecutor(Stragglers.Straggler straggler) implements Event {
    @Override
    public String kind() {
      return "straggler";
    }

    @Override
    public ObjectNode details() {
      return Json.object()
          .put("executor", straggler.executor())
          .put("host", straggler.host())
          .put("factor", straggler.factor())
          .put("wait_share", straggler.waitShare());
    }
  }

  /**
   * An executor is lost.
   *
   * @param executor its name
   * @param reason the known cause
   */
  record ExecutorLost(String executor, String reason) implements Event {
    @Override
    public String kind() {
      return "executor-lost";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("executor", executor).put("reason", reason);
    }
  }

  /**
   * The run resumes from a checkpoint.
   *
   * @param restarts how often it has resumed so far
   * @param fromStep the checkpoint's step
   * @param executors that are left
   */
  record Restarted(int restarts, long fromStep, int executors) implements Event {
    @Override
    public String kind() {
      return "restarted";
    }

    @Override
    public ObjectNode details() {
      return Json.object()
          .put("restarts", restarts)
          .put("from_step", fromStep)
          .put("executors", executors);
    }
  }

  /**
   * The run goes on from a checkpoint with another number of executors; none was lost.
   *
   * @param fromStep the checkpoint's step
   * @param executors the number that take part now
   */
  record Resized(long fromStep, int executors) implements Event {
    @Override
    public String kind() {
      return "resized";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("from_step", fromStep).put("executors", executors);
    }
  }

  /**
   * An image does not decode.
   *
   * @param image its name
   * @param reason the decoder's error
   */
  record BadImage(String image, String reason) implements Event {
    @Override
    public String kind() {
      return "bad-image";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("image", image).put("reason", reason);
    }
  }

  /**
   * The run has failed.
   *
   * @param reason the failure
   */
  record RunFailed(String reason) implements Event {
    @Override
    public String kind() {
      return "run-failed";
    }

    @Override
    public ObjectNode details() {
      return Json.object().put("reason", reason);
    }
  }

  /**
   * The run is done.
   *
   * @param summary of it
   */
  record RunEnded(RunSummary summary) implements Event {
    @Override
    public String kind() {
      return "run-ended";
    }

    @Override
    public ObjectNode details() {
      return summary.node();
    }
  }
}
