package org.convoy.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The file {@code export-manifest.json} of a folder for another program. It is the last one that is
 * written: a folder without it is a part, which a killed export leaves on a store that cannot
 * rename. The other program does not read it.
 *
 * @param format version of this layout, 1
 * @param target name of the {@link ArtifactFormat}
 * @param model name of the network
 * @param files digest of every other file, by its path in the folder
 * @param weightsSha256 see {@link Sha256#ofWeights}
 */
public record ExportManifest(
    @JsonProperty(value = "format", required = true) int format,
    @JsonProperty(value = "target", required = true) String target,
    @JsonProperty(value = "model", required = true) String model,
    @JsonProperty(value = "files", required = true) SortedMap<String, FileDigest> files,
    @JsonProperty(value = "weights_sha256", required = true) String weightsSha256) {
  /** The name of the file. */
  public static final String FILE = "export-manifest.json";

  /** The version of the layout that this code writes. */
  public static final int FORMAT = 1;

  /** Copies the digests. */
  public ExportManifest {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The manifest of a model's export. */
  public static ExportManifest of(
      String target, SavedModel model, SortedMap<String, FileDigest> files) {
    return new ExportManifest(FORMAT, target, model.graph().name(), files, model.weightsSha256());
  }

  /** Writes it. The folder is complete then. */
  public void writeTo(StagedFolder folder) throws IOException {
    folder.write(FILE, SealedJson.write(this));
  }

  /**
   * Reads the manifest of a folder.
   *
   * @throws java.io.FileNotFoundException if there is none
   * @throws DamagedFileException if it was changed
   */
  public static ExportManifest read(ArtifactStore store, String folder) throws IOException {
    return SealedJson.read(store, folder + "/" + FILE, ExportManifest.class, FORMAT);
  }
}
