package org.convoy.driver.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.driver.exchange.wire.PeerLostException;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.spark.Place;
import org.convoy.image.loader.BadImage;
import org.convoy.kernels.Machine;

/**
 * A message of a working executor to the driver. It is sent as JSON, so that the receiver does not
 * have to find Convoy's classes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Message.Ready.class, name = "ready"),
  @JsonSubTypes.Type(value = Message.LacksPrecision.class, name = "lacks-precision"),
  @JsonSubTypes.Type(value = Message.LacksKernels.class, name = "lacks-kernels"),
  @JsonSubTypes.Type(value = Message.JpegsDecoded.class, name = "jpegs-decoded"),
  @JsonSubTypes.Type(value = Message.Progressed.class, name = "progressed"),
  @JsonSubTypes.Type(value = Message.Timed.class, name = "timed"),
  @JsonSubTypes.Type(value = Message.EpochDone.class, name = "epoch-done"),
  @JsonSubTypes.Type(value = Message.StoppedEarly.class, name = "stopped-early"),
  @JsonSubTypes.Type(value = Message.Saved.class, name = "saved"),
  @JsonSubTypes.Type(value = Message.Stopped.class, name = "stopped"),
  @JsonSubTypes.Type(value = Message.Dealt.class, name = "dealt"),
  @JsonSubTypes.Type(value = Message.BadImages.class, name = "bad-images"),
  @JsonSubTypes.Type(value = Message.Failed.class, name = "failed"),
})
sealed interface Message {
  ObjectMapper JSON = new ObjectMapper();

  /**
   * An executor is ready to train.
   *
   * @param planBytes native memory of its plans
   * @param machine the machine that it computes with
   */
  record Ready(int rank, String executor, String host, int cores, long planBytes, Machine machine)
      implements Message {}

  /**
   * Which training images an executor's nvJPEG has decoded.
   *
   * @param library its version
   * @param leftOut the JPEGs that libjpeg-turbo decoded instead
   */
  record JpegsDecoded(String executor, String host, String library, long decoded, long leftOut)
      implements Message {
    /** What the user is told. */
    String told() {
      return String.format(
          Locale.ROOT,
          "nvJPEG %s of executor %s on %s decoded %,d JPEGs, and left %,d to the host's decoder",
          library,
          executor,
          host,
          decoded,
          leftOut);
    }
  }

  /**
   * An executor's processor lacks the instructions for the precision that the recipe asks for.
   *
   * @param asked as a recipe writes it
   * @param instead the precision that all executors compute in
   */
  record LacksPrecision(String executor, String host, String asked, String instead)
      implements Message {
    /** What the user is told. */
    String told() {
      return String.format(
          Locale.ROOT,
          "the processor of executor %s on %s has no instructions for %s: all compute in %s, and plans may take up to twice the planned memory",
          executor,
          host,
          asked,
          instead);
    }
  }

  /**
   * An executor's library has no longer, or not yet, what the run has chosen for some kernels.
   *
   * @param library that computes there, with its version
   * @param count the kernels
   * @param kernel one of them
   * @param chosen for it when the run began
   * @param instead what computes it there
   */
  record LacksKernels(
      String executor,
      String host,
      String library,
      int count,
      String kernel,
      String chosen,
      String instead)
      implements Message {
    /** What the user is told. */
    String told() {
      return String.format(
          Locale.ROOT,
          "%s of executor %s on %s lacks what the run has chosen for %d kernels, and takes others: %s computes by %s, not by %s. The weights will differ from those of a run that has all",
          library,
          executor,
          host,
          count,
          kernel,
          instead,
          chosen);
    }
  }

  /**
   * Steps are done. Sent by rank 0.
   *
   * @param step the number of steps done since the run's beginning
   * @param loss mean over the global batches since the last such message
   * @param images trained on by all executors since the last such message
   * @param nanos the time that they took
   */
  record Progressed(long step, int epoch, double loss, double learningRate, long images, long nanos)
      implements Message {}

  /**
   * The time of an executor's last steps by activity.
   *
   * @param step the number of steps done since the run's beginning
   * @param steps the number of steps that the times are means of
   * @param microBatches the number of micro-batches that it computes in each step
   */
  record Timed(int rank, String executor, long step, int steps, int microBatches, StepTimes times)
      implements Message {}

  /**
   * An epoch has ended. Sent by rank 0.
   *
   * @param epoch from 0
   * @param step steps done since the run's beginning
   * @param trainLoss mean over the epoch
   * @param validated whether metrics were measured
   * @param metrics by name
   */
  record EpochDone(
      int epoch,
      long step,
      double trainLoss,
      double learningRate,
      double seconds,
      long images,
      boolean validated,
      Map<String, Double> metrics)
      implements Message {}

  /**
   * The run ends before its last step. Sent by rank 0.
   *
   * @param epoch the last one, from 1
   * @param bestEpoch the best one, from 1
   */
  record StoppedEarly(int epoch, int bestEpoch) implements Message {}

  /** A checkpoint is complete. Sent by rank 0. */
  record Saved(long step) implements Message {}

  /**
   * The attempt stops after this step, with a checkpoint. Sent by rank 0.
   *
   * @param leavers the ranks of executors that are told to end
   */
  record Stopped(long step, List<Integer> leavers) implements Message {}

  /**
   * Micro-batches are dealt anew after this step. Sent by rank 0.
   *
   * @param groups the number of groups of micro-batches of each rank
   */
  record Dealt(long step, List<Integer> groups) implements Message {}

  /** Images that did not decode and were skipped. */
  record BadImages(int rank, List<BadImage> images) implements Message {}

  /**
   * An executor gives up.
   *
   * @param lostExecutor the executor whose loss is the reason; empty if the failure is this
   *     executor's own
   * @param connecting whether it failed to connect to the others, which may be their failure
   */
  record Failed(
      int rank,
      String executor,
      String host,
      String message,
      String lostExecutor,
      boolean connecting)
      implements Message {

    static Failed of(Place place, Throwable e, boolean connecting) {
      return new Failed(
          place.rank(),
          place.executorId(),
          place.host(),
          describe(e),
          e instanceof PeerLostException lost ? lost.executorId() : "",
          connecting);
    }

    static String describe(Throwable e) {
      String message = e.getMessage() == null ? "" : e.getMessage();
      boolean wordless =
          message.isBlank() || e instanceof Error || e instanceof NullPointerException;
      return wordless ? e.toString() : message;
    }

    /** Whether it gives up only because another executor is lost. */
    boolean peerLost() {
      return !lostExecutor.isEmpty();
    }

    /** The executor's name in messages. */
    String who() {
      return String.format(Locale.ROOT, "executor %s on %s (rank %d)", executor, host, rank);
    }
  }

  default String encode() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Message decode(String text) {
    try {
      return JSON.readValue(text, Message.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
