package org.convoy.artifact.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a pickle of tensors is made of. */
sealed interface PickleValue {

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** A whole number or a truth value (0 or 1). */
  record Whole(long value) implements PickleValue {}

  /** A floating-point number. */
  record Real(double value) implements PickleValue {}

  /** {@code None}. */
  record Nothing() implements PickleValue {}

  /** A tuple or a list; a list grows while it is read. */
  record Sequence(List<PickleValue> items) implements PickleValue {
    Sequence() {
      this(new ArrayList<>());
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** A dictionary; it grows while it is read. */
  record Dictionary(Map<PickleValue, PickleValue> entries) implements PickleValue {
    Dictionary() {
      this(new LinkedHashMap<>());
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** A function or class of Python that tensors are made with. It is a name and nothing more. */
  record Name(String value) implements PickleValue {}

  /**
   * The bytes of tensors, which lie in another entry of the archive.
   *
   * @param type Python's class, for example {@code torch FloatStorage}
   * @param key the name of the entry
   * @param elements number of elements
   */
  record Storage(String type, String key, long elements) implements PickleValue {}

  /**
   * A view of a storage.
   *
   * @param offset of the first element
   * @param shape outermost dimension first
   * @param strides distance of neighbours in each dimension, in elements
   */
  record Strided(Storage storage, long offset, List<Long> shape, List<Long> strides)
      implements PickleValue {}
}
