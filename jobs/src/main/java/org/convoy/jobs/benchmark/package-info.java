/**
 * Measures plans, whole training steps against their kernels alone and against the machine, and the
 * making of training samples, against Pillow. {@code BenchmarkStepCommand} and {@code
 * BenchmarkInputCommand} print the results.
 *
 * <p>A step is verified against the reference before it is timed, and samples are compared with
 * Pillow's. Of Convoy this room sees {@code graph}, the rooms of images, {@code kernels}, {@code
 * loss} and {@code optim}.
 */
@NullMarked
package org.convoy.jobs.benchmark;

import org.jspecify.annotations.NullMarked;
