/**
 * Optimizers, learning-rate schedules, clipping by global norm and weight averaging, all on flat
 * float32 vectors.
 *
 * <p>The parameters of a network are one flat vector, cut into fixed chunks that do not depend on
 * the number of executors. The owner of a chunk calls this package for that chunk only. Everything
 * here is element-wise, or a sum over fixed blocks in a fixed order, in strict Java float and
 * double arithmetic. So neither the cuts of the vector nor the number of executors can change a bit
 * of the result.
 *
 * <p>Callers: the training loop of an executor. This package does not know networks, kernels or the
 * cluster, and never allocates native memory. {@link org.convoy.optim.Slices} runs on the JVM's
 * common pool; everything else runs on the calling thread. {@code org.convoy.optim.device} takes
 * the same steps in a device's memory.
 */
package org.convoy.optim;
