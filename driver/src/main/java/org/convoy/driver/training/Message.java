package org.convoy.driver.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What an executor tells the driver while it works; JSON on the wire, so that no class of ours has
 * to be found there.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Message.Ready.class, name = "ready"),
  @JsonSubTypes.Type(value = Message.Progressed.class, name = "progressed"),
  @JsonSubTypes.Type(value = Message.EpochDone.class, name = "epoch-done"),
  @JsonSubTypes.Type(value = Message.Saved.class, name = "saved"),
  @JsonSubTypes.Type(value = Message.BadImages.class, name = "bad-images"),
  @JsonSubTypes.Type(value = Message.Failed.class, name = "failed"),
})
sealed interface Message {
  ObjectMapper JSON = new ObjectMapper();

  /**
   * An executor stands ready to train.
   *
   * @param planBytes native memory of its plans
   */
  record Ready(int rank, String executor, String host, int cores, long planBytes)
      implements Message {}

  /**
   * Steps done, told by rank 0.
   *
   * @param step the number of steps done since the run's beginning
   * @param loss mean over the global batches since the last such message
   * @param images trained on by all executors since the last such message
   * @param nanos that they took
   */
  record Progressed(long step, int epoch, double loss, double learningRate, long images, long nanos)
      implements Message {}

  /**
   * An epoch's end, told by rank 0.
   *
   * @param epoch from 0
   * @param step steps done since the run's beginning
   * @param trainLoss mean over the epoch
   * @param validated whether the last three mean anything
   */
  record EpochDone(
      int epoch,
      long step,
      double trainLoss,
      double learningRate,
      double seconds,
      long images,
      boolean validated,
      double validationLoss,
      double top1,
      double top5)
      implements Message {}

  /** A checkpoint is in place, told by rank 0. */
  record Saved(long step) implements Message {}

  /** Images that did not decode and were skipped. */
  record BadImages(int rank, List<String> names) implements Message {}

  /**
   * An executor gives up.
   *
   * @param peerLost whether it does so only because another one is gone
   */
  record Failed(int rank, String executor, String kind, String message, boolean peerLost)
      implements Message {}

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
