package org.convoy.driver.config;

import java.io.Serializable;

/**
 * How executors combine what they computed.
 *
 * @param combine by which rule
 * @param chunkFloats parameters in a chunk; chunk i belongs to executor i mod W
 * @param port where executors listen; 0: any free port
 * @param timeoutSeconds after how long without a byte another executor counts as lost
 */
public record ExchangeSettings(
    Combine combine, int chunkFloats, @Incidental int port, @Incidental int timeoutSeconds)
    implements Serializable {

  /** The rules there are. */
  public enum Combine {
    /** Gradients of all micro-batches, summed in one order each step. */
    SYNCHRONOUS_SUM
  }

  /** Checks the rules. */
  public ExchangeSettings {
    new Checks()
        .between("chunk-floats", chunkFloats, 16, 1 << 28)
        .between("port", port, 0, 65535)
        .atLeast("timeout-seconds", timeoutSeconds, 1)
        .done();
  }
}
