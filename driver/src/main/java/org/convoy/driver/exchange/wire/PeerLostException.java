package org.convoy.driver.exchange.wire;

/**
 * Another executor has ended, has given up, or no longer delivers anything. The message names its
 * rank, executor id, host and port.
 */
public final class PeerLostException extends ExchangeException {

  private static final long serialVersionUID = 1;

  private final int rank;
  private final String executorId;

  PeerLostException(int rank, String executorId, String message) {
    super(message);
    this.rank = rank;
    this.executorId = executorId;
  }

  /** The rank of the executor that was lost. */
  public int rank() {
    return rank;
  }

  /** Spark's id of the executor that was lost. */
  public String executorId() {
    return executorId;
  }
}
