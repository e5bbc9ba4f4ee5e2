package org.convoy.artifact.weights;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.SafetensorsReader;
import org.convoy.artifact.TensorInfo;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A safetensors file. Its tensors are read in the order of {@link #entries()}. */
final class SafetensorsFile implements TensorFile {
  private final SafetensorsReader reader;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  SafetensorsFile(ArtifactStore store, String path) throws IOException {
    reader = SafetensorsReader.open(store.open(path), store.describe(path), store.size(path));
    reader.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  @Override
  public String format() {
    return "a safetensors file";
  }

  @Override
  public List<Entry> entries() {
    return tensors.values().stream()
        .map(tensor -> new Entry(tensor.name(), tensor.shape()))
        .toList();
  }

  @Override
  public Map<String, String> metadata() {
    return reader.metadata();
  }

  @Override
  public void read(Entry entry, INDArray target) throws IOException {
    reader.read(Objects.requireNonNull(tensors.get(entry.name())), target);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
