package org.convoy.artifact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A few inputs of a saved model and what it computed of them when it was saved, in the file {@code
 * examples.safetensors} of its folder: tensors {@code input} and {@code output}. Whoever loads the
 * model elsewhere can see whether it computes the same there.
 *
 * @param inputs {@code (count, shape of a sample...)} float32, normalised
 * @param outputs {@code (count, classes)} float32, the network's outputs in float32
 */
public record ModelExamples(INDArray inputs, INDArray outputs) implements AutoCloseable {
  /** The file in the model's folder. */
  public static final String FILE = "examples.safetensors";

  private static final String INPUT = "input";
  private static final String OUTPUT = "output";
  private static final int MOST_COUNT = 64;

  /** The number of examples. */
  public int count() {
    return Math.toIntExact(inputs.size(0));
  }

  Map<String, String> metadata() {
    return Map.of("format", "pt");
  }

  List<Tensor> tensors() {
    return List.of(Tensor.of(INPUT, inputs), Tensor.of(OUTPUT, outputs));
  }

  /**
   * Reads the examples of a model.
   *
   * @param path of the file
   * @param graph the model's network
   * @return arrays that the caller closes
   * @throws DamagedFileException if the file holds other tensors than those of this network
   */
  public static ModelExamples read(ArtifactStore store, String path, Graph graph)
      throws IOException {
    String file = store.describe(path);
    try (SafetensorsReader reader =
        SafetensorsReader.open(store.open(path), file, store.size(path))) {
      List<TensorInfo> tensors = reader.tensors();
      if (tensors.size() != 2
          || !tensors.get(0).name().equals(INPUT)
          || !tensors.get(1).name().equals(OUTPUT)) {
        throw new DamagedFileException(
            file,
            "tensors",
            INPUT + " and " + OUTPUT,
            tensors.stream().map(TensorInfo::name).toList());
      }
      List<Long> shape = tensors.get(0).shape();
      long count = shape.isEmpty() ? 0 : shape.get(0);
      if (count < 1 || count > MOST_COUNT) {
        throw new DamagedFileException(file, "examples", "1 to " + MOST_COUNT, count);
      }
      INDArray inputs = array(tensors.get(0), graph.inputShape(), count, file);
      INDArray outputs = array(tensors.get(1), graph.outputShape(), count, file);
      reader.read(tensors.get(0), inputs);
      reader.read(tensors.get(1), outputs);
      return new ModelExamples(inputs, outputs);
    }
  }

  private static INDArray array(TensorInfo tensor, Shape sample, long count, String file)
      throws DamagedFileException {
    List<Long> expected = new ArrayList<>(List.of(count));
    sample.dimensions().forEach(extent -> expected.add((long) extent));
    if (!tensor.shape().equals(expected) || tensor.type() != ElementType.F32) {
      throw new DamagedFileException(
          file, "tensor " + tensor.name(), "F32 " + expected, tensor.type() + " " + tensor.shape());
    }
    return Nd4j.create(DataType.FLOAT, sample.batched((int) count));
  }

  @Override
  public void close() {
    inputs.close();
    outputs.close();
  }
}
