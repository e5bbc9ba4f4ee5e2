/**
 * Connections between executors, and the frames that travel over them.
 *
 * <p>{@link org.convoy.driver.exchange.wire.Mesh} connects every executor to every other. Nobody is
 * heard who has not proved by the handshake that it belongs to the run; the port is open only until
 * all executors are connected. A lost executor ends every operation, by name.
 *
 * <p>Called by {@code org.convoy.driver.exchange.sums}, one thread for each executor. It knows
 * bytes, operations and ranks; it never learns what they mean, and what is said of security stands
 * in {@link org.convoy.driver.exchange.wire.ChannelSecurity}.
 */
package org.convoy.driver.exchange.wire;
