package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.settings.Checks;

/**
 * How executors combine their results.
 *
 * @param combine the rule of combination
 * @param groups number of groups of micro-batches; 0: each micro-batch is a group
 * @param chunkFloats parameters per chunk; executor i mod W owns chunk i
 * @param port port on which executors listen; 0: any free port
 * @param timeoutSeconds seconds without a byte after which another executor counts as lost
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
