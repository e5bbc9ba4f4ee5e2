/**
 * How executors combine what each has computed: gradients, parameters, norms, losses.
 *
 * <p>{@link org.convoy.driver.exchange.Exchange} is the door. Below it {@link
 * org.convoy.driver.exchange.Mesh} moves frames between executors, and beside it {@link
 * org.convoy.driver.exchange.SumTree} and {@link org.convoy.driver.exchange.PartialSums} fix the
 * one order in which micro-batch gradients are added, so that the number of executors is not part
 * of the result.
 *
 * <p>Called by {@code org.convoy.driver.training} on the executors, all ranks in lockstep and one
 * thread each. It knows flat float32 vectors and their chunks; it never learns what a parameter, a
 * layer, an optimizer or a recipe is, and it never touches the driver process.
 */
package org.convoy.driver.exchange;
