/**
 * The contract between a network and what computes it: a {@link org.convoy.kernels.Backend}
 * compiles a graph into a {@link org.convoy.kernels.Plan}, which runs it forward and backward in
 * memory that was laid out beforehand. {@link org.convoy.kernels.Backends} lists the backends.
 *
 * <p>What all backends must do alike is computed here, on the host: the factors of dropout, the
 * bins of adaptive pooling, the running statistics, and how far backward has to go.
 *
 * <p>The rooms {@code nd4j} and {@code onednn} hold one backend each. They depend on this package
 * and on the graph, never on each other. The room {@code vector} is no backend: it holds Convoy's
 * own kernels, and {@code onednn} calls them.
 */
package org.convoy.kernels;
