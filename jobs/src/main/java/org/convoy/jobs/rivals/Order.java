package org.convoy.jobs.rivals;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A line that a contender is sent; the end of the stream ends it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Order.Prepare.class, name = "prepare"),
  @JsonSubTypes.Type(value = Order.Infer.class, name = "infer"),
  @JsonSubTypes.Type(value = Order.Step.class, name = "step"),
})
sealed interface Order {
  /** Build the network. Answered by {@link Answer.Ready}, or by {@link Answer.Refused}. */
  record Prepare(Task task) implements Order {}

  /** Compute the logits, in evaluation mode. Answered by {@link Answer.Logits}. */
  record Infer() implements Order {}

  /** Compute and time steps. Answered by {@link Answer.Stepped}. */
  record Step(int steps) implements Order {}
}
