package org.convoy.driver.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;

/**
 * Which run it is and how far it has come.
 *
 * @param step steps done, which is the number of the next one
 * @param epoch epochs done
 * @param seed of the run
 * @param codeVersion of the program
 * @param recipeDigest SHA-256 of the recipe as it was run
 * @param dataFingerprint of the data set's index
 * @param executors how many there were; the next run may have another number
 * @param chunkSize elements in a chunk of the flat vector
 * @param vectorLength elements in the flat vector
 * @param progress what else the loop carries on (meters, history, choices made once), as it likes;
 *     doubles come back exactly, except that NaN and infinities become text
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
