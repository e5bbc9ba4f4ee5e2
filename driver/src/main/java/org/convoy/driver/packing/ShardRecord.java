package org.convoy.driver.packing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * What is known of a finished shard. It lies as JSON in {@code .pack}, so that another run of the
 * same request keeps the shard.
 *
 * @param shard its path in the destination
 * @param samples that it holds
 * @param scaled how many of them were scaled
 * @param bytes of the tar
 * @param sha256 of the tar, in hexadecimal
 * @param skipped samples that do not decode and were left out
 */
record ShardRecord(
    String shard, int samples, int scaled, long bytes, String sha256, List<Skipped> skipped)
    implements Serializable {
  private static final ObjectMapper JSON = new ObjectMapper();

  ShardRecord {
    skipped = List.copyOf(skipped);
  }

  /**
   * An image that was left out.
   *
   * @param sample its number in the source's index
   */
  record Skipped(int sample, String image, String reason) implements Serializable {}

  /** The name of the record of a shard. */
  static String file(Shard shard) {
    return shard.name() + ".json";
  }

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of a shard is plain data", e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is something else
   */
  static ShardRecord of(byte[] json) throws IOException {
    return JSON.readValue(json, ShardRecord.class);
  }
}
