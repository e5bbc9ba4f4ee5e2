package org.convoy.driver.exchange.wire;

/**
 * How executors that do not know each other's addresses yet exchange a word. In production this is
 * {@code BarrierTaskContext.allGather}.
 */
@FunctionalInterface
public interface Rendezvous {

  /**
   * Gives one message, waits for everybody's, and returns them in the order of ranks.
   *
   * @param message this executor's message
   */
  String[] allGather(String message);
}
