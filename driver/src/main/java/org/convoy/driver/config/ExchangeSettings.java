package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.settings.Checks;

/**
 * How executors combine what they computed.
 *
 * @param combine by which rule
 * @param groups how many groups the micro-batches form; 0: each is one of its own
 * @param chunkFloats parameters in a chunk; chunk i belongs to executor i mod W
 * @param port where executors listen; 0: any free port
 * @param timeoutSeconds after how long without a byte another executor counts as lost
 */
public record ExchangeSettings(
    Combination combine,
    int groups,
    int chunkFloats,
    @Incidental int port,
    @Incidental int timeoutSeconds)
    implements Serializable {

  /** Checks the rules. */
  public ExchangeSettings {
    new Checks()
        .atLeast("groups", groups, 0)
        .between("chunk-floats", chunkFloats, 16, 1 << 28)
        .between("port", port, 0, 65535)
        .atLeast("timeout-seconds", timeoutSeconds, 1)
        .done();
  }
}
