package org.convoy.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the folder of a saved model. The folder may come from anybody, so the reader trusts nothing
 * in it: names must stay inside the folder, every file is compared with its digest, and sizes are
 * compared with the weights file and a limit before memory is allocated for them.
 */
final class ModelReader {
  /**
   * Limit for each of graph, labels and preprocessing. The graph of a network of 200 layers has 0.3
   * MB.
   */
  private static final long MOST_TEXT_BYTES = 64L << 20;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final ArtifactStore store;
  private final String folder;

  ModelReader(ArtifactStore store, String folder) {
    this.store = store;
    this.folder = folder;
  }

  /** See {@link SavedModel#load}. */
  SavedModel read() throws IOException {
    ModelManifest manifest = SavedModel.manifest(store, folder);
    verify(manifest.files());
    Graph graph = json(SavedModel.GRAPH, Graph.class);
    Parameters layout = layout(graph);
    List<String> labels = labels(graph);
    JsonNode preprocessing = json(SavedModel.PREPROCESSING, JsonNode.class);
    INDArray weights = weights(layout, manifest.weightsSha256());
    try {
      return new SavedModel(graph, weights, labels, preprocessing, manifest.origin());
    } catch (IllegalArgumentException e) {
      weights.close();
      throw damaged(SavedModel.LABELS, "labels", "those of the graph", JsonProblem.reason(e));
    }
  }

  private void verify(Map<String, FileDigest> files) throws IOException {
    for (String name : SavedModel.FILES) {
      FileDigest digest = files.get(name);
      if (digest == null) {
        throw damaged(SavedModel.MANIFEST, "files", "a digest of " + name, "none");
      }
      if (!name.equals(SavedModel.WEIGHTS) && digest.bytes() > MOST_TEXT_BYTES) {
        throw damaged(name, "length", "at most " + MOST_TEXT_BYTES + " bytes", digest.bytes());
      }
    }
    for (Map.Entry<String, FileDigest> file : files.entrySet()) {
      file.getValue().verify(store, folder + "/" + file.getKey());
    }
  }

  private Parameters layout(Graph graph) throws IOException {
    try {
      return Parameters.of(graph);
    } catch (RuntimeException e) {
      throw damaged(SavedModel.GRAPH, "parameters", "those of its ops", JsonProblem.reason(e));
    }
  }

  private List<String> labels(Graph graph) throws IOException {
    if (!graph.outputs().isEmpty()) {
      throw damaged(SavedModel.GRAPH, "outputs", "one output", graph.outputs().size());
    }
    List<String> labels = LabelLines.read(text(SavedModel.LABELS));
    int outputs = graph.outputShape().channels();
    if (labels.size() != outputs) {
      throw damaged(
          SavedModel.LABELS, "labels", outputs + " as the graph has outputs", labels.size());
    }
    return labels;
  }

  private INDArray weights(Parameters layout, String sha256) throws IOException {
    INDArray weights = NamedWeights.load(store, folder + "/" + SavedModel.WEIGHTS, layout);
    String got = Sha256.ofWeights(weights);
    if (!got.equals(sha256)) {
      weights.close();
      throw damaged(SavedModel.WEIGHTS, "weights_sha256", sha256, got);
    }
    try {
      FiniteTensors.require(NamedWeights.tensors(layout, weights));
    } catch (NotFiniteException e) {
      weights.close();
      throw new DamagedFileException(
          store.describe(folder + "/" + SavedModel.WEIGHTS), String.valueOf(e.getMessage()));
    }
    return weights;
  }

  private <T> T json(String name, Class<T> type) throws IOException {
    try {
      T value = JSON.readValue(text(name), type);
      if (value == null) {
        throw damaged(name, "content", "a JSON object", "null");
      }
      return value;
    } catch (ValueInstantiationException e) {
      // The complaint of a constructor says what it expected.
      throw new DamagedFileException(store.describe(folder + "/" + name), JsonProblem.of(e));
    } catch (JsonProcessingException e) {
      throw damaged(name, "content", "what this version reads", JsonProblem.of(e));
    }
  }

  private String text(String name) throws IOException {
    try (InputStream in = store.open(folder + "/" + name)) {
      byte[] bytes = in.readAllBytes();
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw damaged(name, "content", "text in UTF-8", "other bytes");
    }
  }

  private DamagedFileException damaged(String name, String part, Object expected, Object got) {
    return new DamagedFileException(store.describe(folder + "/" + name), part, expected, got);
  }
}
