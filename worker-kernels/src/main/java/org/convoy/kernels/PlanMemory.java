package org.convoy.kernels;

/**
 * The native memory of a bound plan in bytes, known from shapes alone. The flat vectors that it is
 * bound to belong to the caller and are not counted.
 *
 * @param arenaBytes activations, gradients between ops, workspaces, the scratchpad: one block that
 *     is laid out by lifetime
 * @param weightBytes copies of the parameters in the kernels' own layouts
 * @param edgeBytes input, output and their gradients in the caller's layout
 * @param deviceBytes all memory of a device that has its own, copies of the flat vectors included;
 *     0 where there is none
 */
public record PlanMemory(long arenaBytes, long weightBytes, long edgeBytes, long deviceBytes) {

  /** Memory of the host alone. */
  public PlanMemory(long arenaBytes, long weightBytes, long edgeBytes) {
    this(arenaBytes, weightBytes, edgeBytes, 0);
  }

  /** All memory of the host. */
  public long totalBytes() {
    return arenaBytes + weightBytes + edgeBytes;
  }
}
