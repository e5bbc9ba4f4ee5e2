/**
 * The backend for NVIDIA's GPUs.
 *
 * <p>A graph is fused, then lowered op by op ({@code GraphLowering}, {@code Lowerings}) into a
 * {@link org.convoy.kernels.plan.Program} of launches: convolutions and matrix products by cuDNN's
 * graph interface, everything else by Convoy's own kernels. A {@code Work} is what an engine of
 * cuDNN's is asked to compute, a convolution with all that follows it where there is such an
 * engine; {@code Engines} finds one. All activations have their channels last. A plan is a program
 * bound to one block of the device's memory ({@code CudnnPlan}); each direction is recorded once as
 * CUDA graphs and replayed.
 *
 * <p>Every sum has an order that sizes alone decide, and of cuDNN's engines only deterministic ones
 * are taken, so equal GPUs compute the same bytes. Nothing is computed on the host instead.
 */
package org.convoy.kernels.cudnn;
