package org.convoy.driver.checkpoint;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.convoy.artifact.FileDigest;

/**
 * The {@code manifest.json} of a checkpoint.
 *
 * @param format version of the layout, 1
 * @param run the run and its position
 * @param files digest of every other file, by file name
 */
public record CheckpointManifest(int format, RunPosition run, SortedMap<String, FileDigest> files) {
  /** The version of the layout that this code writes. */
  public static final int FORMAT = 1;

  /** Refuses manifests of later versions, and names that point outside the folder. */
  public CheckpointManifest {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format: expected " + FORMAT + ", got " + format);
    }
    Objects.requireNonNull(run, "run");
    FileDigest.requirePlainNames(files);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
