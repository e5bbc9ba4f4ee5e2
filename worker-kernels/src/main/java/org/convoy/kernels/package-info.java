/**
 * The contract between a network and what computes it: a {@link org.convoy.kernels.Backend}
 * compiles a graph into a {@link org.convoy.kernels.Plan}, which runs it forward and backward in
 * memory that was laid out beforehand.
 *
 * <p>The rooms below hold one backend each. They depend on this package and on the graph, never on
 * one another.
 */
package org.convoy.kernels;
