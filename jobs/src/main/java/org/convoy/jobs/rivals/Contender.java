package org.convoy.jobs.rivals;

/** A network that one framework has built for a {@link Task}, with weights and images in place. */
public interface Contender extends AutoCloseable {

  /** Builds contenders. */
  @FunctionalInterface
  interface Maker {
    /**
     * Builds the network of a task, with the tensors of {@link InitialTensors} and the images of
     * {@link MadeUpBatch}.
     *
     * @throws UnsupportedOperationException if the framework lacks something, which the message
     *     names
     */
    Contender make(Task task);
  }

  /**
   * The logits of the batch in evaluation mode.
   *
   * @return (batch, classes) in C order
   */
  float[] infer();

  /** One step of the task. */
  void step();

  /** The loss of the last training step, before its update. */
  double loss();

  /** Gives the network's memory back. */
  @Override
  void close();
}
