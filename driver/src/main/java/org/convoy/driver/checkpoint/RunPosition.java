package org.convoy.driver.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;

/**
 * The identity of a run and its position.
 *
 * @param step number of finished steps, which is also the number of the next step
 * @param epoch number of finished epochs
 * @param seed seed of the run
 * @param codeVersion version of the program
 * @param recipeDigest SHA-256 of the recipe as it was run
 * @param dataFingerprint fingerprint of the data set's index
 * @param executors number of executors; the next run may have another number
 * @param chunkSize elements per chunk of the flat vector
 * @param vectorLength elements of the flat vector
 * @param progress further state of the loop (meters, history, choices made once), in its own
 *     format; doubles are read back exactly, except that NaN and infinities become text
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RunPosition(
    long step,
    int epoch,
    long seed,
    String codeVersion,
    String recipeDigest,
    String dataFingerprint,
    int executors,
    int chunkSize,
    long vectorLength,
    JsonNode progress) {
  /** Checks the numbers. */
  public RunPosition {
    if (step < 0 || epoch < 0 || executors < 1 || chunkSize < 1 || vectorLength < 1) {
      throw new IllegalArgumentException(
          "position: expected step and epoch from 0, executors, chunk size and length from 1, got "
              + step
              + ", "
              + epoch
              + ", "
              + executors
              + ", "
              + chunkSize
              + ", "
              + vectorLength);
    }
    Objects.requireNonNull(codeVersion, "code_version");
    Objects.requireNonNull(recipeDigest, "recipe_digest");
    Objects.requireNonNull(dataFingerprint, "data_fingerprint");
    Objects.requireNonNull(progress, "progress");
  }
}
