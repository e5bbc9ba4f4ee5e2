package org.convoy.driver.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.convoy.driver.data.SampleIndex;
import org.convoy.settings.RequestException;

/**
 * Digests by which a resumed run notices that images were replaced by others of the same names and
 * lengths. A copy of the data set in another place or format has the same digests.
 *
 * @param training {@link SampleIndex#contentDigest} of the training split
 * @param validation fingerprint and content digest of the validation split, empty without one
 */
record DataDigests(String training, String validation) implements Serializable {
  private static final String TRAINING = "training_contents";
  private static final String VALIDATION = "validation";

  /** Of no data. */
  static DataDigests of() {
    return new DataDigests("", "");
  }

  static DataDigests of(SampleIndex training, Optional<SampleIndex> validation) {
    return new DataDigests(
        training.contentDigest(),
        validation.map(index -> index.fingerprint() + " " + index.contentDigest()).orElse(""));
  }

  ObjectNode toJson() {
    return new ObjectMapper()
        .createObjectNode()
        .put(TRAINING, training)
        .put(VALIDATION, validation);
  }

  /**
   * Compares the data with that of a checkpoint.
   *
   * @param then the checkpoint's {@link #toJson}; checkpoints of older versions have none
   * @param where the checkpoint's name in messages
   * @param location of the data set
   * @return a warning if the validation images differ: the run can be resumed, but its metrics
   *     before and after cannot be compared
   * @throws RequestException if the training images differ
   */
  Optional<String> requireSame(JsonNode then, String where, String location) {
    if (!then.path(TRAINING).asText(training).equals(training)) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s was made with other images than are now at %s, of the same names and lengths, so that"
                  + " --resume cannot continue from it: expected content digest %s, got %s",
              where,
              location,
              then.path(TRAINING).asText(),
              training));
    }
    if (then.path(VALIDATION).asText(validation).equals(validation)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the validation images of %s are others than when %s was made: figures before and after it"
                + " cannot be compared",
            location,
            where));
  }
}
