/**
 * How executors combine what each has computed: gradients, parameters, norms, losses.
 *
 * <p>A {@link org.convoy.driver.exchange.sums.Combination} is what a recipe asks for; its {@link
 * org.convoy.driver.exchange.sums.Combiner} takes gradients as backward finishes them and says
 * which parameters an executor updates and when. It stands on {@link
 * org.convoy.driver.exchange.sums.Exchange}, the operations on vectors, and that on {@link
 * org.convoy.driver.exchange.wire.Mesh}. {@link org.convoy.driver.exchange.sums.SumTree} and {@link
 * org.convoy.driver.exchange.sums.PartialSums} fix the one order in which micro-batch gradients are
 * added, so that the number of executors is not part of the result.
 *
 * <p>Called by {@code org.convoy.driver.training} on the executors, all ranks in lockstep and one
 * thread each. It knows flat float32 vectors, their chunks, and which part of them holds running
 * statistics; it never learns what a parameter, a layer, an optimizer or a recipe is, and it never
 * touches the driver process.
 */
package org.convoy.driver.exchange.sums;
