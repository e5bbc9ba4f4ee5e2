package org.convoy.kernels;

import java.util.OptionalDouble;

/**
 * What one kernel of a plan takes, alone and where it stands in a step.
 *
 * @param node whose result, or whose part of the gradient, it computes; empty at the edges of a
 *     plan
 * @param word what it does to which node, for example {@code conv forward layer1.0.conv1}
 * @param implementation the library's name for the code that ran
 * @param seconds of one execution alone, which finds its operands in the caches if they fit
 * @param secondsFromMemory of one execution alone, which finds no operand in the caches; empty
 *     where they cannot be emptied
 * @param secondsInStep of its execution in a step, which finds what the step left in the caches
 * @param work multiplications and additions of a convolution or linear layer; 0 for others
 * @param bytes of its arguments, read or written
 * @param copies whether it only brings values into another layout, which a better choice of layouts
 *     would do without
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
