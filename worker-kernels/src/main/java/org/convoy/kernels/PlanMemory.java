package org.convoy.kernels;

/**
 * The native memory of a bound plan in bytes, known from shapes alone. The flat vectors that it is
 * bound to belong to the caller and are not counted.
 *
 * @param arenaBytes activations, gradients between ops, workspaces, the scratchpad: one block that
 *     is laid out by lifetime
 * @param weightBytes copies of the parameters in the kernels' own layouts
 * @param edgeBytes input, output and their gradients in the caller's layout
 */
public record PlanMemory(long arenaBytes, long weightBytes, long edgeBytes) {
  public long totalBytes() {
    return arenaBytes + weightBytes + edgeBytes;
  }
}
