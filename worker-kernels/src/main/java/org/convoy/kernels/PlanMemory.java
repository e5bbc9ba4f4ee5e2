package org.convoy.kernels;

/**
 * The native memory a plan takes once it is bound, in bytes; known from shapes alone. The flat
 * vectors it is bound to are the caller's and not counted.
 *
 * @param arenaBytes activations, gradients between ops, workspaces, the scratchpad: one block laid
 *     out by lifetime
 * @param weightBytes copies of the parameters in the kernels' own layouts
 * @param edgeBytes input, output and their gradients as the caller sees them
 */
public record PlanMemory(long arenaBytes, long weightBytes, long edgeBytes) {
  public long totalBytes() {
    return arenaBytes + weightBytes + edgeBytes;
  }
}
