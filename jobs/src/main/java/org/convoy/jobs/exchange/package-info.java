/**
 * Measures how fast executors exchange a step's gradients and parameters: each in a process of its
 * own, all on this machine. {@code BenchmarkExchangeCommand} prints what comes of it.
 *
 * <p>In the same run, and in turn with the exchange, plain sockets move as many bytes between the
 * same processes; Gloo's all-reduce, which the rival {@code libtorch} brings, can follow. What was
 * exchanged is verified. Of Convoy this room sees {@code driver.exchange.sums}, {@code
 * driver.exchange.wire} and {@code driver.spark}, whose security encrypts.
 */
@NullMarked
package org.convoy.jobs.exchange;

import org.jspecify.annotations.NullMarked;
