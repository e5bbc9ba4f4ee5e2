/**
 * Measures plans: whole training steps against their kernels alone, and against the machine. {@code
 * BenchmarkStepCommand} prints what comes of it.
 *
 * <p>A step is verified against the reference before it is timed. Of Convoy this room sees {@code
 * graph}, {@code kernels}, {@code loss} and {@code optim}.
 */
@NullMarked
package org.convoy.jobs.benchmark;

import org.jspecify.annotations.NullMarked;
