/**
 * Connections between executors, and the frames that travel over them.
 *
 * <p>{@link org.convoy.driver.exchange.wire.Mesh} connects every executor to every other. A caller
 * is heard only after it has proved by the handshake that it belongs to the run. The port is open
 * only until all executors are connected. When an executor is lost, every operation fails with an
 * error that names it.
 *
 * <p>Called by {@code org.convoy.driver.exchange.sums}, one thread for each executor. It knows
 * bytes, operations and ranks; it never learns what they mean. The security of connections is
 * described in {@link org.convoy.driver.exchange.wire.ChannelSecurity}.
 */
package org.convoy.driver.exchange.wire;
