package org.convoy.driver.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.hdfs.BlockMissingException;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.FileDigest;
import org.convoy.artifact.FiniteTensors;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SafetensorsWriter;
import org.convoy.artifact.SealedJson;
import org.convoy.artifact.StagedFolder;
import org.convoy.artifact.Tensor;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run, in {@code checkpoints/} of its output folder:
 *
 * <pre>
 *   step-00000123/
 *     parameters.safetensors         the flat vector by parameter name
 *     state-RANK-of-W.safetensors    the chunks of each state vector that one executor owned
 *     manifest.json                  digests of the others, and the {@link RunPosition}
 * </pre>
 *
 * <p>To make a checkpoint, one executor calls {@link #writeParameters} and every executor calls
 * {@link #writeState}; both write into {@code .step-00000123.tmp}. After all of these calls, one
 * process calls {@link #commit} with the parts of all executors. The calls of different executors
 * may come in any order. If a call fails, the driver calls {@link #clean} before it restarts the
 * run.
 *
 * <p>A store without an atomic rename gets the parts in {@code step-00000123} at once. There the
 * manifest makes a checkpoint of the folder.
 */
public final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private final ArtifactStore store;
  private final int keep;

  /**
   * @param store store with the run's output folder as root
   * @param keep number of checkpoints to keep, at least 1
   */
  public Checkpoints(ArtifactStore store, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("checkpoints to keep: expected at least 1, got " + keep);
    }
    this.store = store;
    this.keep = keep;
  }

  /**
   * Writes the parameters. Only one executor calls this.
   *
   * @param flat (n) float32, the whole flat vector
   * @throws org.convoy.artifact.NotFiniteException if an element is NaN or infinite; then nothing
   *     is written
   * @throws IOException if the file cannot be written; the message names the path and the bytes
   *     needed; the unfinished folder is removed
   */
  public CheckpointPart writeParameters(long step, Parameters layout, INDArray flat)
      throws IOException {
    return write(step, CheckpointNames.PARAMETERS, NamedWeights.tensors(layout, flat));
  }

  /**
   * Writes the weights of the best epoch, which a checkpoint may hold beside its parameters. One
   * executor calls this. See {@link #writeParameters}.
   */
  public CheckpointPart writeBest(long step, Parameters layout, INDArray flat) throws IOException {
    return write(step, CheckpointNames.BEST, NamedWeights.tensors(layout, flat));
  }

  /**
   * Writes the state that one executor owns. Every executor calls this, even if it owns no state.
   *
   * @param rank rank of the executor
   * @param executors number of executors
   * @param state (chunk length) float32 by key
   * @throws org.convoy.artifact.NotFiniteException if an element is NaN or infinite; then nothing
   *     is written
   * @throws IOException if the file cannot be written; the message names the path and the bytes
   *     needed; the unfinished folder is removed
   */
  public CheckpointPart writeState(
      long step, int rank, int executors, Map<StateKey, INDArray> state) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    new TreeMap<>(state).forEach((key, array) -> tensors.add(Tensor.of(key.tensorName(), array)));
    return write(step, CheckpointNames.stateFile(rank, executors), tensors);
  }

  private CheckpointPart write(long step, String file, List<Tensor> tensors) throws IOException {
    FiniteTensors.require(tensors);
    StagedFolder folder = StagedFolder.join(store, CheckpointNames.path(step));
    try {
      FileDigest digest =
          folder.write(
              file,
              SafetensorsWriter.bytes(Map.of(), tensors),
              out -> SafetensorsWriter.write(out, Map.of(), tensors));
      return new CheckpointPart(file, digest);
    } catch (IOException | RuntimeException e) {
      try (folder) {
        throw e;
      }
    }
  }

  /**
   * Makes a checkpoint from the parts of all executors, then removes the oldest checkpoints beyond
   * the number to keep. A checkpoint of the same step is replaced.
   *
   * @param run position of the run; its step names the checkpoint
   * @param parts results of {@link #writeParameters} and of every {@link #writeState}
   * @throws IllegalArgumentException if a part is missing or does not fit this number of executors
   * @throws IOException if a file is not complete, or storage fails; earlier checkpoints stay
   *     untouched
   */
  public void commit(RunPosition run, List<CheckpointPart> parts) throws IOException {
    SortedMap<String, FileDigest> files = new TreeMap<>();
    parts.forEach(part -> files.put(part.file(), part.digest()));
    requireEveryPart(run, files);
    try (StagedFolder folder = StagedFolder.join(store, CheckpointNames.path(run.step()))) {
      folder.requireComplete(files);
      CheckpointManifest manifest = new CheckpointManifest(CheckpointManifest.FORMAT, run, files);
      folder.write(CheckpointNames.MANIFEST, SealedJson.write(manifest));
      folder.commit();
    }
    prune();
  }

  private static void requireEveryPart(RunPosition run, Map<String, FileDigest> files) {
    List<String> expected = CheckpointNames.parts(run.executors(), files.keySet());
    if (!files.keySet().equals(Set.copyOf(expected))) {
      String form = "checkpoint of step %d: expected parts %s, got %s";
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, form, run.step(), expected, files.keySet()));
    }
  }

  /** The steps of all checkpoints, valid or damaged, latest first. */
  public List<Long> steps() throws IOException {
    List<Long> steps = new ArrayList<>();
    for (String name : store.list(CheckpointNames.FOLDER)) {
      OptionalLong step = CheckpointNames.step(name);
      if (step.isPresent() && !isUnfinished(name)) {
        steps.add(step.getAsLong());
      }
    }
    steps.sort(Comparator.reverseOrder());
    return steps;
  }

  /** Whether this is a folder at its place that was not, or is not yet, committed. */
  private boolean isUnfinished(String name) throws IOException {
    return !store.hasAtomicRename()
        && isCheckpoint(name)
        && !store.exists(CheckpointNames.FOLDER + "/" + name + "/" + CheckpointNames.MANIFEST);
  }

  /**
   * The latest valid checkpoint, after comparing every file with its digest. A checkpoint that is
   * damaged, incomplete or unreadable is skipped with a warning that names the file.
   *
   * @throws IOException if the storage itself fails
   */
  public Optional<Checkpoint> latest() throws IOException {
    return latest(checkpoint -> {});
  }

  /** The further requirements of a reader for a checkpoint. */
  @FunctionalInterface
  public interface Inspection {
    /**
     * Checks the manifest.
     *
     * @throws DamagedFileException if the checkpoint must be skipped
     */
    void inspect(Checkpoint checkpoint) throws DamagedFileException;
  }

  /** The latest valid checkpoint that passes an inspection; see {@link #latest()}. */
  public Optional<Checkpoint> latest(Inspection inspection) throws IOException {
    for (long step : steps()) {
      try {
        Checkpoint checkpoint = open(step);
        inspection.inspect(checkpoint);
        checkpoint.verify();
        return Optional.of(checkpoint);
      } catch (DamagedFileException
          | FileNotFoundException
          | ChecksumException
          | BlockMissingException e) {
        LOG.warn(
            "skipping checkpoint {}: {}",
            store.describe(CheckpointNames.path(step)),
            e.getMessage());
      }
    }
    return Optional.empty();
  }

  /**
   * The checkpoint of a step that is known to be valid. Only its manifest is checked here.
   *
   * @throws DamagedFileException if no folder of this name has a manifest, or the manifest was
   *     changed, belongs to another step, or lists other files than a checkpoint has
   */
  public Checkpoint open(long step) throws IOException {
    String path = CheckpointNames.path(step) + "/" + CheckpointNames.MANIFEST;
    if (!store.list(CheckpointNames.path(step)).contains(CheckpointNames.MANIFEST)) {
      throw new DamagedFileException(
          store.describe(path), "content", "a folder with this file in it", "none");
    }
    CheckpointManifest manifest =
        SealedJson.read(store, path, CheckpointManifest.class, CheckpointManifest.FORMAT);
    if (manifest.run().step() != step) {
      throw new DamagedFileException(store.describe(path), "step", step, manifest.run().step());
    }
    int executors = manifest.run().executors();
    Set<String> found = manifest.files().keySet();
    if (!found.equals(Set.copyOf(CheckpointNames.parts(executors, found)))) {
      throw new DamagedFileException(
          store.describe(path),
          "files",
          CheckpointNames.PARAMETERS + " and a state file of each of " + executors + " executors",
          found);
    }
    return new Checkpoint(store, CheckpointNames.path(step), manifest);
  }

  /** Whether only a checkpoint has a file with this name. */
  public static boolean isPart(String file) {
    return file.equals(CheckpointNames.PARAMETERS);
  }

  /** Whether a folder of this name is a checkpoint. */
  public static boolean isCheckpoint(String folder) {
    return CheckpointNames.step(folder).isPresent();
  }

  /** Removes the files of failed attempts. No process may write at the same time. */
  public void clean() throws IOException {
    for (String name : store.list(CheckpointNames.FOLDER)) {
      if (CheckpointNames.isLeftover(name) || isUnfinished(name)) {
        store.delete(CheckpointNames.FOLDER + "/" + name);
      }
    }
  }

  private void prune() throws IOException {
    List<Long> steps = steps();
    for (long step : steps.subList(Math.min(keep, steps.size()), steps.size())) {
      store.delete(CheckpointNames.path(step));
    }
  }
}
