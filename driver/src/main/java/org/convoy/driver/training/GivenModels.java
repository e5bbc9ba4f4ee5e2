package org.convoy.driver.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.settings.RequestException;

/**
 * The saved models that a run is given in addition to its data. Checkpoints hold the digests of
 * their weights, and a run cannot be resumed with other models.
 *
 * @param start whose weights training starts from, or {@link Given#NONE}
 * @param teacher whose outputs the network learns from, or {@link Given#NONE}
 */
record GivenModels(Given start, Given teacher) implements Serializable {
  static final GivenModels NONE = new GivenModels(Given.NONE, Given.NONE);

  /**
   * One of them.
   *
   * @param location of its folder or file, a Hadoop path that means the same on every machine
   * @param weightsSha256 of its weights when the run began; of the whole file, if another program
   *     wrote it
   * @param graphJson the network, as {@link org.convoy.graph.Graph#toJson} writes it; empty for a
   *     file of another program
   */
  record Given(String location, String weightsSha256, String graphJson) implements Serializable {
    /** There is none. */
    static final Given NONE = new Given("", "", "");

    static Given of(String location, SavedModel model) {
      return new Given(location, model.weightsSha256(), model.graph().toJson());
    }

    boolean there() {
      return !location.isEmpty();
    }

    /**
     * Loads the model. Its weights are the caller's to close.
     *
     * @throws DamagedFileException if the weights are others by now
     */
    SavedModel load(Configuration hadoop) throws IOException {
      SavedModel model = ModelFolder.load(location, hadoop);
      try {
        requireSame(model.weightsSha256());
      } catch (DamagedFileException e) {
        model.weights().close();
        throw e;
      }
      return model;
    }

    /**
     * Compares the weights with those that were there when the run began.
     *
     * @param now their digest
     * @throws DamagedFileException if the weights are others by now
     */
    void requireSame(String now) throws DamagedFileException {
      if (!now.equals(weightsSha256)) {
        throw new DamagedFileException(location, "weights_sha256", weightsSha256, now);
      }
    }
  }

  ObjectNode toJson() {
    return new ObjectMapper()
        .createObjectNode()
        .put("start", start.weightsSha256())
        .put("teacher", teacher.weightsSha256());
  }

  /**
   * Compares the models with those of a checkpoint.
   *
   * @param then the checkpoint's {@link #toJson}; checkpoints of older versions have none
   * @param where the checkpoint's name in messages
   * @throws RequestException if one is another
   */
  void requireSame(JsonNode then, String where) {
    requireSame("model.start", then.path("start").asText(), start.weightsSha256(), where);
    requireSame(
        "distillation.teacher", then.path("teacher").asText(), teacher.weightsSha256(), where);
  }

  private static void requireSame(String key, String then, String now, String where) {
    if (!then.equals(now)) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s was made with another %s, so that --resume cannot continue from it: expected %s, got %s",
              where,
              key,
              text(then),
              text(now)));
    }
  }

  private static String text(String digest) {
    return digest.isEmpty() ? "none" : "a model of weights_sha256 " + digest;
  }
}
