package org.convoy.driver.checkpoint;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.FileDigest;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SafetensorsReader;
import org.convoy.artifact.TensorInfo;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A committed checkpoint that can be read. */
public final class Checkpoint {
  private final ArtifactStore store;
  private final String folder;
  private final CheckpointManifest manifest;

  Checkpoint(ArtifactStore store, String folder, CheckpointManifest manifest) {
    this.store = store;
    this.folder = folder;
    this.manifest = manifest;
  }

  /** The run and its position. */
  public RunPosition run() {
    return manifest.run();
  }

  /** The whole manifest. */
  public CheckpointManifest manifest() {
    return manifest;
  }

  /** The name of its folder in messages. */
  public String describe() {
    return store.describe(folder);
  }

  /**
   * Reads the flat vector.
   *
   * @param flat (n) float32, receives the vector
   * @throws DamagedFileException if the file holds other tensors than the layout
   */
  public void readParameters(Parameters layout, INDArray flat) throws IOException {
    NamedWeights.read(store, folder + "/" + CheckpointNames.PARAMETERS, layout, flat);
  }

  /** Whether it holds the weights of the best epoch. */
  public boolean hasBest() {
    return manifest.files().containsKey(CheckpointNames.BEST);
  }

  /** Reads the weights of the best epoch; see {@link #readParameters}. */
  public void readBest(Parameters layout, INDArray flat) throws IOException {
    NamedWeights.read(store, folder + "/" + CheckpointNames.BEST, layout, flat);
  }

  /**
   * Reads chunks of state vectors, which any executor may have written.
   *
   * @param targets (chunk length) float32 by key, receive the chunks
   * @throws DamagedFileException if a chunk is in no file, or has another length
   */
  public void readState(Map<StateKey, INDArray> targets) throws IOException {
    Map<String, INDArray> missing = new TreeMap<>();
    targets.forEach((key, target) -> missing.put(key.tensorName(), target));
    for (int rank = 0; rank < run().executors() && !missing.isEmpty(); rank++) {
      String path = folder + "/" + CheckpointNames.stateFile(rank, run().executors());
      try (SafetensorsReader reader =
          SafetensorsReader.open(store.open(path), store.describe(path), store.size(path))) {
        for (TensorInfo tensor : reader.tensors()) {
          INDArray target = missing.remove(tensor.name());
          if (target != null) {
            reader.read(tensor, target);
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new DamagedFileException(
          describe(),
          "state " + missing.keySet().iterator().next(),
          "in one of its " + run().executors() + " state files",
          "none (" + missing.size() + " chunks missing)");
    }
  }

  /** Compares every file with its digest. */
  void verify() throws IOException {
    for (Map.Entry<String, FileDigest> file : manifest.files().entrySet()) {
      file.getValue().verify(store, folder + "/" + file.getKey());
    }
  }
}
