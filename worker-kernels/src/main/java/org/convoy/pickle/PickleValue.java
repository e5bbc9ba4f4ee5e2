package org.convoy.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a pickle is made of. */
public sealed interface PickleValue {

  /** A string. One of Python 2 is one of bytes, and each of them is a character (Latin-1). */
  record Text(String value) implements PickleValue {}

  /** A whole number or a truth value (0 or 1). */
  record Whole(long value) implements PickleValue {}

  /** A floating-point number. */
  record Real(double value) implements PickleValue {}

  /** {@code None}. */
  record Nothing() implements PickleValue {}

  /** A tuple or a list; a list grows while it is read. */
  record Sequence(List<PickleValue> items) implements PickleValue {
    /** An empty one. */
    public Sequence() {
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
    /** An empty one. */
    public Dictionary() {
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

  /** A function or class of Python. It is a name and nothing more. */
  record Name(String value) implements PickleValue {}

  /** What stands for the result of a call, or for an object outside the pickle. */
  non-sealed interface Made extends PickleValue {}
}
