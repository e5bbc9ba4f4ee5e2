package org.convoy.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network with its weights and all that is needed to use it. As a folder:
 *
 * <pre>
 *   model.json            the graph
 *   weights.safetensors   every parameter and running statistic by name, float32
 *   labels.txt            a class name per line, in the order of the network's outputs ({@link LabelLines})
 *   preprocessing.json    how an image becomes the network's input
 *   manifest.json         digests of the others, and where the weights come from
 * </pre>
 *
 * @param graph the network
 * @param weights (n) float32, the flat vector in the order of {@link Parameters}
 * @param labels class names
 * @param preprocessing as the image pipeline describes itself; opaque here
 * @param origin where the weights come from
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

  /** What the manifest must hold a digest of. */
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
   * Writes the folder: beside its place first, then renamed. A model that is there already is
   * replaced at the end.
   *
   * @param folder path in the store
   * @return the manifest as written
   * @throws NotFiniteException if a weight is NaN or infinite; nothing is written then
   * @throws IOException if a file cannot be written; nothing is left then
   */
  public ModelManifest save(ArtifactStore store, String folder) throws IOException {
    List<Tensor> tensors = NamedWeights.tensors(Parameters.of(graph), weights);
    FiniteTensors.require(tensors);
    try (StagedFolder staged = StagedFolder.begin(store, folder)) {
      SortedMap<String, FileDigest> files = new TreeMap<>();
      files.put(GRAPH, staged.write(GRAPH, utf8(graph.toJson())));
      Map<String, String> metadata = Map.of("format", "pt", "model", graph.name());
      files.put(
          WEIGHTS,
          staged.write(
              WEIGHTS,
              SafetensorsWriter.bytes(metadata, tensors),
              out -> SafetensorsWriter.write(out, metadata, tensors)));
      files.put(LABELS, staged.write(LABELS, utf8(LabelLines.write(labels))));
      files.put(
          PREPROCESSING,
          staged.write(
              PREPROCESSING,
              JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(preprocessing)));
      ModelManifest manifest =
          new ModelManifest(ModelManifest.FORMAT, graph.name(), files, origin, weightsSha256());
      staged.write(MANIFEST, SealedJson.write(manifest));
      staged.commit();
      return manifest;
    }
  }

  /**
   * Reads a folder, every file held against its digest first. Its weights are the caller's to
   * close.
   *
   * @param folder path in the store
   * @throws java.io.FileNotFoundException if there is no manifest, or a file of it is missing
   * @throws DamagedFileException if a file differs from the manifest, or holds what no model of
   *     this version does, naming it, what was expected and what was got
   */
  public static SavedModel load(ArtifactStore store, String folder) throws IOException {
    return new ModelReader(store, folder).read();
  }

  /**
   * Reads the manifest alone.
   *
   * @throws DamagedFileException if it was changed
   */
  public static ModelManifest manifest(ArtifactStore store, String folder) throws IOException {
    return SealedJson.read(
        store, folder + "/" + MANIFEST, ModelManifest.class, ModelManifest.FORMAT);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
