package org.convoy.driver.packing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A split that was packed and read again.
 *
 * @param split its name in the source
 * @param folder its name in the destination, which a recipe gives as {@code data.train}
 * @param images in the shards
 * @param scaled how many of them were scaled
 * @param shards number of tars
 * @param kept how many of the tars an earlier run had written
 * @param sourceBytes of the images in the source
 * @param bytes of the tars
 * @param skipped images that do not decode, as {@code image: reason}
 */
public record PackedSplit(
    String split,
    String folder,
    long images,
    long scaled,
    int shards,
    int kept,
    long sourceBytes,
    long bytes,
    List<String> skipped) {
  private static final int NAMED = 1000;

  static PackedSplit of(
      String split, String folder, long sourceBytes, int kept, List<ShardRecord> records) {
    return new PackedSplit(
        split,
        folder,
        records.stream().mapToLong(ShardRecord::samples).sum(),
        records.stream().mapToLong(ShardRecord::scaled).sum(),
        records.size(),
        kept,
        sourceBytes,
        records.stream().mapToLong(ShardRecord::bytes).sum(),
        records.stream()
            .flatMap(record -> record.skipped().stream())
            .map(skipped -> skipped.image() + ": " + skipped.reason())
            .toList());
  }

  /** The split as an object of JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("split", split);
    object.put("folder", folder);
    object.put("images", images);
    object.put("scaled", scaled);
    object.put("shards", shards);
    object.put("shards_kept", kept);
    object.put("source_bytes", sourceBytes);
    object.put("bytes", bytes);
    object.put("skipped", skipped.size());
    object.put("skipped_images", skipped.stream().limit(NAMED).toList());
    return object;
  }
}
