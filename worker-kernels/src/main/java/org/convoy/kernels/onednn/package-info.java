/**
 * The fast CPU backend, on oneDNN's C interface.
 *
 * <p>A graph is fused, then lowered op by op ({@code GraphLowering}, {@code Lowerings}) into a
 * {@link org.convoy.kernels.plan.Program}: oneDNN's primitives and Convoy's own kernels in order,
 * each reading and writing tensors whose places in one arena follow from their lifetimes. A plan is
 * a program bound to memory ({@code Executable}). Nobody outside uses more than {@link
 * org.convoy.kernels.onednn.OnednnBackend}; oneDNN's own types never leave this package.
 */
package org.convoy.kernels.onednn;
