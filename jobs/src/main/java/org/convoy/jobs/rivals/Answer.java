package org.convoy.jobs.rivals;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A line that a contender answers an {@link Order} with. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Answer.Ready.class, name = "ready"),
  @JsonSubTypes.Type(value = Answer.Logits.class, name = "logits"),
  @JsonSubTypes.Type(value = Answer.Stepped.class, name = "stepped"),
  @JsonSubTypes.Type(value = Answer.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Answer.Failed.class, name = "failed"),
})
sealed interface Answer {
  record Ready() implements Answer {}

  /**
   * @param values (batch, classes) in C order
   */
  record Logits(float[] values) implements Answer {}

  /**
   * @param nanos of each step
   * @param losses before each step's update; 0 for inference
   * @param peakBytes by which the process's peak of resident memory lies above what was resident
   *     before the network was built
   */
  record Stepped(long[] nanos, double[] losses, long peakBytes) implements Answer {}

  /** The contender cannot do what was ordered; the message says what is missing. */
  record Refused(String message) implements Answer {}

  /** It should have been able to, and was not. */
  record Failed(String message) implements Answer {}
}
