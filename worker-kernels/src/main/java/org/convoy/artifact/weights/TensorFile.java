package org.convoy.artifact.weights;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An open file of named tensors. */
public interface TensorFile extends AutoCloseable {

  /**
   * One tensor of a file.
   *
   * @param name unique within the file
   * @param shape outermost dimension first, in PyTorch's order of dimensions: (out, in, kernel...)
   *     for a convolution, (out, in) for a linear layer
   */
  record Entry(String name, List<Long> shape) {
    /** Copies the shape. */
    public Entry {
      shape = List.copyOf(shape);
    }
  }

  /** What the file is, as messages say it: "a safetensors file". */
  String format();

  /** The tensors, in the order in which they are read fastest. */
  List<Entry> entries();

  /** What the file says of itself, by name. Most formats have no place for it. */
  default Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * Reads one tensor and converts its elements to float32.
   *
   * @param entry one of {@link #entries()}
   * @param target float32, dense in C order, with as many elements as the entry's shape
   * @throws org.convoy.artifact.DamagedFileException if the file does not hold what its header says
   */
  void read(Entry entry, INDArray target) throws IOException;

  @Override
  void close() throws IOException;
}
