/**
 * Convoy's own kernels: what oneDNN has no fast code for, or no single pass over memory. They are
 * written in C++ ({@code src/main/cpp}), compiled by the build once for each instruction set that
 * they are worth having for, and run on the threads of oneDNN's kernels.
 *
 * <p>They take addresses and check nothing: the caller has laid out the memory.
 */
package org.convoy.kernels.vector;
