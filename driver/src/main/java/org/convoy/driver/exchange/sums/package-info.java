/**
 * Combines the executors' results: gradients, parameters, norms, losses.
 *
 * <p>A recipe names a {@link org.convoy.driver.exchange.sums.Combination}. Its {@link
 * org.convoy.driver.exchange.sums.Combiner} takes gradients as backward finishes them and says
 * which parameters an executor updates and when. It uses {@link
 * org.convoy.driver.exchange.sums.Exchange}, the operations on vectors, which uses {@link
 * org.convoy.driver.exchange.wire.Mesh}. {@link org.convoy.driver.exchange.sums.SumTree} and {@link
 * org.convoy.driver.exchange.sums.PartialSums} fix the order in which micro-batch gradients are
 * added, so the number of executors does not change the result. {@link
 * org.convoy.driver.exchange.sums.TreeSums} adds in that order, in one pass. Where vectors are
 * computed with is a {@link org.convoy.driver.exchange.sums.VectorMemory}: what this package reads
 * and writes lies on the host, and it says what has to cross.
 *
 * <p>Called by {@code org.convoy.driver.training} on the executors, all ranks in lockstep, one
 * thread on each. The mesh's threads pack, unpack and add what is exchanged, on memory that a
 * {@link org.convoy.driver.exchange.sums.MemoryGuard} lends them. The room knows flat float32
 * vectors, their chunks, and which part of them holds running statistics; it never learns what a
 * parameter, a layer, an optimizer or a recipe is, and it never touches the driver process.
 */
package org.convoy.driver.exchange.sums;
