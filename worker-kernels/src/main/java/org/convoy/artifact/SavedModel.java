package org.convoy.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network with its weights and everything needed to use it. Its folder contains:
 *
 * <pre>
 *   model.json            the graph
 *   weights.safetensors   every parameter and running statistic by name, float32
 *   labels.txt            a class name per line, in the order of the network's outputs ({@link LabelLines})
 *   preprocessing.json    how an image becomes the network's input
 *   examples.safetensors  a few inputs and the outputs for them ({@link ModelExamples}); may be missing
 *   manifest.json         digests of the other files, and the origin of the weights
 * </pre>
 *
 * @param graph the network
 * @param weights (n) float32, the flat vector in the order of {@link Parameters}
 * @param labels class names
 * @param preprocessing the image pipeline's description of itself; opaque here
 * @param origin origin of the weights
 */
public record SavedModel(
    Graph graph,
    INDArray weights,
    List<String> labels,
    JsonNode preprocessing,
    ModelManifest.Origin origin) {
  static final String GRAPH = "model.json";
  static final String WEIGHTS = "weights.safetensors";
  static final String LABELS = "labels.txt";
  static final String PREPROCESSING = "preprocessing.json";
  static final String MANIFEST = "manifest.json";

  /** The files whose digests the manifest must hold. */
  static final List<String> FILES = List.of(GRAPH, WEIGHTS, LABELS, PREPROCESSING);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Checks that the parts belong together. */
  public SavedModel {
    labels = List.copyOf(labels);
    long length = Parameters.of(graph).length();
    if (weights.rank() != 1 || weights.length() != length || weights.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "weights of "
              + graph.name()
              + ": expected ("
              + length
              + ") FLOAT, got "
              + weights.shapeInfoToString());
    }
    int outputs = graph.outputShape().dimensions().get(0);
    if (labels.size() != outputs) {
      throw new IllegalArgumentException(
          "labels of " + graph.name() + ": expected " + outputs + ", got " + labels.size());
    }
    for (String label : labels) {
      if (label.isEmpty()) {
        throw new IllegalArgumentException("label: expected a class name, got an empty one");
      }
    }
  }

  /** The digest that identifies the weights; see {@link Sha256#ofWeights}. */
  public String weightsSha256() {
    return Sha256.ofWeights(weights);
  }

  /**
   * Writes the folder under a temporary name beside its place, then renames it. An existing model
   * is replaced at the end; on a store without an atomic rename it is removed at the beginning.
   *
   * @param folder path in the store
   * @return the manifest that was written
   * @throws NotFiniteException if a weight is NaN or infinite; then nothing is written
   * @throws IOException if a file cannot be written; then nothing is left behind
   */
  public ModelManifest save(ArtifactStore store, String folder) throws IOException {
    return save(store, folder, Optional.empty());
  }

  /**
   * As {@link #save(ArtifactStore, String)}, with examples of what the network computes.
   *
   * @param examples stay the caller's
   */
  public ModelManifest save(ArtifactStore store, String folder, Optional<ModelExamples> examples)
      throws IOException {
    List<Tensor> tensors = NamedWeights.tensors(Parameters.of(graph), weights);
    FiniteTensors.require(tensors);
    try (StagedFolder staged = StagedFolder.begin(store, folder)) {
      staged.write(GRAPH, utf8(graph.toJson()));
      Map<String, String> metadata = Map.of("format", "pt", "model", graph.name());
      write(staged, WEIGHTS, metadata, tensors);
      if (examples.isPresent()) {
        ModelExamples each = examples.get();
        write(staged, ModelExamples.FILE, each.metadata(), each.tensors());
      }
      staged.write(LABELS, utf8(LabelLines.write(labels)));
      staged.write(
          PREPROCESSING, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(preprocessing));
      ModelManifest manifest =
          new ModelManifest(
              ModelManifest.FORMAT, graph.name(), staged.written(), origin, weightsSha256());
      staged.write(MANIFEST, SealedJson.write(manifest));
      staged.commit();
      return manifest;
    }
  }

  /**
   * Reads a folder, after comparing every file with its digest. The caller closes the weights.
   *
   * @param folder path in the store
   * @throws java.io.FileNotFoundException if there is no manifest, or a listed file is missing
   * @throws DamagedFileException if a file differs from the manifest, or this version cannot read
   *     its content; the message names the file, the expected and the actual content
   */
  public static SavedModel load(ArtifactStore store, String folder) throws IOException {
    return new ModelReader(store, folder).read();
  }

  /**
   * Reads only the manifest.
   *
   * @throws DamagedFileException if it was changed
   */
  public static ModelManifest manifest(ArtifactStore store, String folder) throws IOException {
    return SealedJson.read(
        store, folder + "/" + MANIFEST, ModelManifest.class, ModelManifest.FORMAT);
  }

  private static void write(
      StagedFolder staged, String name, Map<String, String> metadata, List<Tensor> tensors)
      throws IOException {
    staged.write(
        name,
        SafetensorsWriter.bytes(metadata, tensors),
        out -> SafetensorsWriter.write(out, metadata, tensors));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
