package org.convoy.kernels;

import java.util.OptionalDouble;

/**
 * The time of one kernel of a plan, alone and within a step.
 *
 * @param node the node whose result or gradient it computes; empty for a plan's input and output
 * @param word its action and its node, for example {@code conv forward layer1.0.conv1}
 * @param implementation the library's name for the code that ran
 * @param seconds of one execution alone, with operands in the caches if they fit
 * @param secondsFromMemory of one execution alone, with no operand in the caches; empty if the
 *     caches cannot be emptied
 * @param secondsInStep of its execution in a step, with the caches as the step left them
 * @param work multiplications and additions of a convolution or linear layer; 0 for others
 * @param bytes of its arguments that are read or written
 * @param copies whether it only copies values into another layout; a better choice of layouts would
 *     avoid it
 */
public record KernelTime(
    Phase phase,
    String node,
    String word,
    String implementation,
    double seconds,
    OptionalDouble secondsFromMemory,
    double secondsInStep,
    long work,
    long bytes,
    boolean copies) {

  /** The half of a step that a kernel belongs to. */
  public enum Phase {
    FORWARD,
    BACKWARD
  }
}
