package org.convoy.jobs.rivals;

import java.util.Locale;
import org.convoy.graph.Graph;

/**
 * What every contender computes: steps of one network on one batch of made-up images.
 *
 * @param graph as {@link Graph#toJson} writes it
 * @param batch images of a step, at least 1
 * @param mode a training step is forward, softmax cross entropy, backward and SGD with Nesterov
 *     momentum 0.9 and weight decay 5e-4; an inference step is forward with the running statistics
 * @param precision what it computes with
 * @param learningRate of every step
 * @param threads of the kernels, at least 1
 * @param variant of the contender, one of those that its {@link Entrant} lists
 */
public record Task(
    String graph,
    int batch,
    Mode mode,
    Precision precision,
    double learningRate,
    int threads,
    String variant) {
  /** SGD's momentum, in Nesterov's form, which every contender has. */
  public static final double MOMENTUM = 0.9;

  /** SGD's weight decay. */
  public static final double WEIGHT_DECAY = 5e-4;

  /** What a step is. */
  public enum Mode {
    TRAINING,
    INFERENCE
  }

  /** The numbers that a network computes with; parameters and their update are float32. */
  public enum Precision {
    FLOAT32,
    BFLOAT16;

    /** For example {@code float32}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Task {
    if (batch < 1 || threads < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a task's batch and threads must be at least 1, got %d and %d",
              batch,
              threads));
    }
  }

  public Task withVariant(String variant) {
    return new Task(graph, batch, mode, precision, learningRate, threads, variant);
  }

  public Task withPrecision(Precision precision) {
    return new Task(graph, batch, mode, precision, learningRate, threads, variant);
  }
}
