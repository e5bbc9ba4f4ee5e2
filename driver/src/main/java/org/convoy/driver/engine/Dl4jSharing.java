package org.convoy.driver.engine;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * DL4J's {@code SharedTrainingMaster}: each executor sends the updates that are greater than a
 * threshold to all others, over UDP and without waiting (Strom 2015). The result depends on timing.
 *
 * @param threshold the first threshold, which then adapts to how much is sent
 */
public record Dl4jSharing(double threshold) implements Engine {
  private static final long serialVersionUID = 1;

  /**
   * Aeron counts a publication as blocked sooner than an executor needs to set up its network, and
   * refuses to start with a shorter time.
   */
  public static final String UNBLOCK_TIMEOUT = "aeron.publication.unblock.timeout";

  /** The value of {@link #UNBLOCK_TIMEOUT}. */
  public static final String UNBLOCK_AFTER = "60s";

  /** Checks the range. */
  public Dl4jSharing {
    new Checks().positive("threshold", threshold).done();
  }

  @Override
  public List<String> executorOptions() {
    return List.of("-D" + UNBLOCK_TIMEOUT + "=" + UNBLOCK_AFTER);
  }
}
