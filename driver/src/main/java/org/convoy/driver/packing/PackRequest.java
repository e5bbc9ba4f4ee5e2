package org.convoy.driver.packing;

import java.io.Serializable;
import java.util.List;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.transform.Size;
import org.convoy.settings.Checks;

/**
 * What is to be packed, and how.
 *
 * @param source a data set on any Hadoop file system
 * @param splits its parts, as a recipe names them; all have the classes of the first
 * @param destination the folder for the tars
 * @param side pixels of the shorter side of larger images afterwards; 0: images are copied as they
 *     are
 * @param quality of the JPEG files that scaled images become, 1 to 100
 * @param shardMebibytes bytes of the source's images in a tar, in MiB
 * @param onBadImage what to do with an image that has to be scaled and does not decode: fail, or
 *     leave it out
 */
public record PackRequest(
    String source,
    List<String> splits,
    String destination,
    int side,
    int quality,
    int shardMebibytes,
    OnBadImage onBadImage)
    implements Serializable {

  /** Checks the rules. */
  public PackRequest {
    splits = List.copyOf(splits);
    new Checks()
        .that(!splits.isEmpty(), "--splits", "expected at least one split, got none")
        .between("--side", side, 0, Size.MAX_SIDE)
        .between("--quality", quality, 1, 100)
        .between("--shard-size", shardMebibytes, 1, 1 << 16)
        .done();
  }

  /** Whether images are scaled. */
  boolean scales() {
    return side > 0;
  }

  long shardBytes() {
    return (long) shardMebibytes << 20;
  }
}
