package org.convoy.driver.exchange.sums;

/**
 * Synchronous descent; float32 is sent. In every step the gradients of all M micro-batches are
 * added in the order of the {@link SumTree}, each executor updates the chunks that it owns, and the
 * new parameters are sent to all. All ranks hold the same bytes after every step.
 */
public record SynchronousSum() implements SummedGradients {

  private static final long serialVersionUID = 1;

  @Override
  public WireFormat format() {
    return WireFormat.FLOAT32;
  }
}
