/**
 * Optimizers, learning-rate schedules, clipping by global norm and weight averaging, all on flat
 * float32 vectors.
 *
 * <p>The parameters of a network are one flat vector, cut into fixed chunks that do not depend on
 * the number of executors. Whoever owns a chunk calls this package for that chunk alone. Everything
 * here is element-wise, or a sum over fixed blocks in a fixed order, in strict Java float and
 * double arithmetic: how the vector was cut, and by how many executors, cannot change a bit of the
 * result.
 *
 * <p>Callers: the training loop of an executor. This package knows neither networks nor kernels nor
 * the cluster and never allocates native memory. {@link org.convoy.optim.Slices} shares the work
 * among the threads of the JVM's common pool; everything else runs on the caller's thread.
 */
package org.convoy.optim;
