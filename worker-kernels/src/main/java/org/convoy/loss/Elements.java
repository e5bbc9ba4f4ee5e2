package org.convoy.loss;

import java.util.Locale;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of a dense array by their index, as float64. Reads and writes the memory of the
 * array.
 */
sealed interface Elements {

  double get(long i);

  void put(long i, double value);

  /**
   * @param role name of the array in the message
   * @throws IllegalArgumentException if the array is not float32 or float64, a view, or not in C
   *     order
   */
  static Elements of(String role, INDArray array) {
    if (array.isView() || array.ordering() != 'c') {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected dense in C order, got %s order%s",
              role,
              array.ordering(),
              array.isView() ? ", a view" : ""));
    }
    Indexer indexer = array.data().indexer();
    if (indexer instanceof FloatIndexer floats) {
      return new Floats(floats);
    }
    if (indexer instanceof DoubleIndexer doubles) {
      return new Doubles(doubles);
    }
    throw new IllegalArgumentException(
        role + ": expected FLOAT or DOUBLE, got " + array.dataType());
  }

  /** Float32 elements; a written value is rounded once. */
  record Floats(FloatIndexer indexer) implements Elements {
    @Override
    public double get(long i) {
      return indexer.get(i);
    }

    @Override
    public void put(long i, double value) {
      indexer.put(i, (float) value);
    }
  }

  /** Float64 elements. */
  record Doubles(DoubleIndexer indexer) implements Elements {
    @Override
    public double get(long i) {
      return indexer.get(i);
    }

    @Override
    public void put(long i, double value) {
      indexer.put(i, value);
    }
  }
}
