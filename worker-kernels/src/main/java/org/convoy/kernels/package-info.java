/**
 * The interface between a network and its computation: a {@link org.convoy.kernels.Backend}
 * compiles a graph into a {@link org.convoy.kernels.Plan}, which runs it forward and backward in
 * preplanned memory. {@link org.convoy.kernels.Backends} lists the backends.
 *
 * <p>The parts that all backends must compute in the same way are computed here, on the host: the
 * factors of dropout, the bins of adaptive pooling, the running statistics, and how far backward
 * has to go.
 *
 * <p>The packages {@code nd4j}, {@code onednn} and {@code cudnn} hold one backend each. They depend
 * on this package and on the graph, never on each other. The other packages are no backends: {@code
 * plan} holds the parts of a compiled plan that do not depend on the device, {@code vector}
 * Convoy's own kernels, which {@code onednn} calls, and {@code cuda} the GPU that {@code cudnn}
 * computes on, with vectors that stay in its memory.
 */
package org.convoy.kernels;
