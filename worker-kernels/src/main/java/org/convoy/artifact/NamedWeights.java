package org.convoy.artifact;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Stores a flat vector as a safetensors file of named tensors, in the order of the vector. */
public final class NamedWeights {
  private NamedWeights() {}

  /**
   * The tensors of a flat vector, as views of its memory.
   *
   * @param flat (n) float32 in the layout of {@code layout}
   */
  public static List<Tensor> tensors(Parameters layout, INDArray flat) {
    return layout.all().stream()
        .map(parameter -> Tensor.of(parameter.name(), shape(parameter), part(flat, parameter)))
        .toList();
  }

  /**
   * Reads a file that holds exactly the tensors of a layout into a new flat vector. The vector is
   * allocated only after the header of the file was checked.
   *
   * @return (n) float32; the caller closes it
   * @throws DamagedFileException if a tensor is missing, unknown or of another shape
   */
  static INDArray load(ArtifactStore store, String path, Parameters layout) throws IOException {
    String file = store.describe(path);
    try (SafetensorsReader reader =
        SafetensorsReader.open(store.open(path), file, store.size(path))) {
      Map<String, Parameter> parameters = match(reader, layout, file);
      INDArray flat = Nd4j.create(DataType.FLOAT, layout.length());
      try {
        read(reader, parameters, flat);
      } catch (IOException | RuntimeException e) {
        flat.close();
        throw e;
      }
      return flat;
    }
  }

  /**
   * Fills a flat vector from a file that holds exactly its tensors, in any order.
   *
   * @param flat (n) float32 in the layout of {@code layout}
   * @throws DamagedFileException if a tensor is missing, unknown or of another shape
   */
  public static void read(ArtifactStore store, String path, Parameters layout, INDArray flat)
      throws IOException {
    String file = store.describe(path);
    try (SafetensorsReader reader =
        SafetensorsReader.open(store.open(path), file, store.size(path))) {
      read(reader, match(reader, layout, file), flat);
    }
  }

  /** The parameter of each tensor, by name. */
  private static Map<String, Parameter> match(
      SafetensorsReader reader, Parameters layout, String file) throws DamagedFileException {
    Map<String, Parameter> missing = new HashMap<>();
    layout.all().forEach(parameter -> missing.put(parameter.name(), parameter));
    Map<String, Parameter> found = new HashMap<>();
    for (TensorInfo tensor : reader.tensors()) {
      Parameter parameter = missing.remove(tensor.name());
      if (parameter == null) {
        throw new DamagedFileException(file, "tensors", "those of the graph", tensor.name());
      }
      if (!shape(parameter).equals(tensor.shape())) {
        throw new DamagedFileException(
            file, "tensor " + tensor.name(), "shape " + shape(parameter), tensor.shape());
      }
      found.put(tensor.name(), parameter);
    }
    if (!missing.isEmpty()) {
      String first = new TreeSet<>(missing.keySet()).first();
      throw new DamagedFileException(
          file, "tensors", first, "a file without it (" + missing.size() + " missing)");
    }
    return found;
  }

  private static void read(
      SafetensorsReader reader, Map<String, Parameter> parameters, INDArray flat)
      throws IOException {
    for (TensorInfo tensor : reader.tensors()) {
      Parameter parameter = Objects.requireNonNull(parameters.get(tensor.name()));
      reader.read(tensor, part(flat, parameter));
    }
  }

  private static List<Long> shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().map(Integer::longValue).toList();
  }

  private static INDArray part(INDArray flat, Parameter parameter) {
    return flat.get(NDArrayIndex.interval(parameter.offset(), parameter.end()));
  }
}
