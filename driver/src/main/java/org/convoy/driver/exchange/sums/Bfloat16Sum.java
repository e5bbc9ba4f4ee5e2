package org.convoy.driver.exchange.sums;

/**
 * Synchronous descent; bfloat16 is sent, half the bytes of {@link SynchronousSum}. Every node of
 * the {@link SumTree} is rounded to bfloat16, the gradients of micro-batches included, so the
 * number of executors does not change the sum. The owner of a chunk keeps its parameters in float32
 * and sends them rounded once. The network computes with the rounded parameters; the float32
 * parameters are evaluated and saved.
 */
public record Bfloat16Sum() implements SummedGradients {

  private static final long serialVersionUID = 1;

  @Override
  public WireFormat format() {
    return WireFormat.BFLOAT16;
  }
}
