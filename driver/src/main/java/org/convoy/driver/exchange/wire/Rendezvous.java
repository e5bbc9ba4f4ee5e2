package org.convoy.driver.exchange.wire;

/**
 * Exchanges one message between executors that do not know each other's addresses yet. In
 * production this is {@code BarrierTaskContext.allGather}.
 */
@FunctionalInterface
public interface Rendezvous {

  /**
   * Sends one message, waits for the messages of all ranks, and returns them in the order of ranks.
   *
   * @param message this executor's message
   */
  String[] allGather(String message);
}
