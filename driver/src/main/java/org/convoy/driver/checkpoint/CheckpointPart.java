package org.convoy.driver.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.convoy.artifact.FileDigest;

/**
 * One file of a checkpoint, as its writer reports it for the commit.
 *
 * @param file name in the folder of the checkpoint
 * @param digest digest of the written file
 */
public record CheckpointPart(String file, FileDigest digest) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line of text for {@code BarrierTaskContext.allGather}. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static CheckpointPart fromJson(String json) {
    try {
      return JSON.readValue(json, CheckpointPart.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a checkpoint part: " + json, e);
    }
  }
}
