package org.convoy.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
  private static final String GRAPH = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final String LABELS = "labels.txt";
  private static final String PREPROCESSING = "preprocessing.json";
  private static final String MANIFEST = "manifest.json";
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
   * @throws IOException if a file cannot be written; nothing is left then
   */
  public ModelManifest save(ArtifactStore store, String folder) throws IOException {
    try (StagedFolder staged = StagedFolder.begin(store, folder)) {
      SortedMap<String, FileDigest> files = new TreeMap<>();
      files.put(GRAPH, staged.write(GRAPH, utf8(graph.toJson())));
      List<Tensor> tensors = NamedWeights.tensors(Parameters.of(graph), weights);
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
   * Reads a folder, every file held against its digest first.
   *
   * @param folder path in the store
   * @throws java.io.FileNotFoundException if there is no manifest, or a file of it is missing
   * @throws DamagedFileException if a file differs from the manifest, naming it, what was expected
   *     and what was got
   */
  public static SavedModel load(ArtifactStore store, String folder) throws IOException {
    ModelManifest manifest = manifest(store, folder);
    for (Map.Entry<String, FileDigest> file : manifest.files().entrySet()) {
      file.getValue().verify(store, folder + "/" + file.getKey());
    }
    Graph graph;
    try {
      graph = Graph.fromJson(text(store, folder + "/" + GRAPH));
    } catch (GraphException e) {
      throw new DamagedFileException(
          store.describe(folder + "/" + GRAPH),
          "graph",
          "one this version knows",
          String.valueOf(e.getMessage()));
    }
    Parameters layout = Parameters.of(graph);
    INDArray weights = Nd4j.create(DataType.FLOAT, layout.length());
    NamedWeights.read(store, folder + "/" + WEIGHTS, layout, weights);
    String sha256 = Sha256.ofWeights(weights);
    if (!sha256.equals(manifest.weightsSha256())) {
      throw new DamagedFileException(
          store.describe(folder + "/" + WEIGHTS),
          "weights_sha256",
          manifest.weightsSha256(),
          sha256);
    }
    List<String> labels = LabelLines.read(text(store, folder + "/" + LABELS));
    JsonNode preprocessing = JSON.readTree(text(store, folder + "/" + PREPROCESSING));
    return new SavedModel(graph, weights, labels, preprocessing, manifest.origin());
  }

  /**
   * Reads the manifest alone.
   *
   * @throws DamagedFileException if it was changed
   */
  public static ModelManifest manifest(ArtifactStore store, String folder) throws IOException {
    return SealedJson.read(store, folder + "/" + MANIFEST, ModelManifest.class);
  }

  private static String text(ArtifactStore store, String path) throws IOException {
    try (InputStream in = store.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
