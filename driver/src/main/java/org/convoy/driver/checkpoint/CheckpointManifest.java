package org.convoy.driver.checkpoint;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.convoy.artifact.FileDigest;

/**
 * {@code manifest.json} of a checkpoint.
 *
 * @param format version of the layout, 1
 * @param run which run, and where in it
 * @param files digest of every other file by name
 */
public record CheckpointManifest(int format, RunPosition run, SortedMap<String, FileDigest> files) {
  /** The layout written here. */
  public static final int FORMAT = 1;

  /** Refuses what a later version wrote, and names that leave the folder. */
  public CheckpointManifest {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format: expected " + FORMAT + ", got " + format);
    }
    Objects.requireNonNull(run, "run");
    FileDigest.requirePlainNames(files);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
