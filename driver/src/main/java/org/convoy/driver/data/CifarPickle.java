package org.convoy.driver.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.convoy.pickle.PickleException;
import org.convoy.pickle.PickleFunctions;
import org.convoy.pickle.PickleReader;
import org.convoy.pickle.PickleValue;
import org.convoy.pickle.PickleValue.Dictionary;
import org.convoy.pickle.PickleValue.Nothing;
import org.convoy.pickle.PickleValue.Sequence;
import org.convoy.pickle.PickleValue.Text;
import org.convoy.pickle.PickleValue.Whole;

/**
 * A file of CIFAR's Python version: a dictionary that Python 2 pickled, with an array of bytes and
 * lists of labels and names.
 */
final class CifarPickle {
  private final String file;
  private final PickleValue content;

  private CifarPickle(String file, PickleValue content) {
    this.file = file;
    this.content = content;
  }

  /**
   * Reads a file.
   *
   * @param file its name in messages
   * @throws DataSetException if it is something else
   */
  static CifarPickle read(String file, byte[] pickle) throws DataSetException {
    try {
      return new CifarPickle(file, PickleReader.read(pickle, new Numpy()));
    } catch (PickleException e) {
      throw new DataSetException(
          file + " of CIFAR's archive is damaged: " + String.valueOf(e.getMessage()), e);
    }
  }

  /** The error for this file. */
  DataSetException damaged(String expected, String got) {
    return new DataSetException(
        file + " of CIFAR's archive is damaged: expected " + expected + ", got " + got);
  }

  /** The planes of all images, one image after the other. */
  byte[] pixels() throws DataSetException {
    long row = CifarFormat.IMAGE_BYTES;
    if (entry("data") instanceof Bytes array
        && array.elements.length() % row == 0
        && array.shape.equals(List.of(new Whole(array.elements.length() / row), new Whole(row)))) {
      return array.elements.getBytes(StandardCharsets.ISO_8859_1);
    }
    throw damaged("bytes in rows of " + row, "another array");
  }

  /** A list of numbers from 0 to 255. */
  byte[] labels(String key) throws DataSetException {
    List<PickleValue> list = list(key);
    byte[] labels = new byte[list.size()];
    for (int i = 0; i < labels.length; i++) {
      if (!(list.get(i) instanceof Whole label) || label.value() < 0 || label.value() > 255) {
        throw damaged("labels from 0 to 255 as " + key, String.valueOf(list.get(i)));
      }
      labels[i] = (byte) label.value();
    }
    return labels;
  }

  /** A list of names. */
  List<String> texts(String key) throws DataSetException {
    List<String> texts = new ArrayList<>();
    for (PickleValue each : list(key)) {
      if (!(each instanceof Text text)) {
        throw damaged("names as " + key, String.valueOf(each));
      }
      texts.add(text.value());
    }
    return texts;
  }

  private List<PickleValue> list(String key) throws DataSetException {
    if (entry(key) instanceof Sequence list) {
      return list.items();
    }
    throw damaged("a list " + key, "none");
  }

  private PickleValue entry(String key) {
    return content instanceof Dictionary dictionary
        ? dictionary.entries().getOrDefault(new Text(key), new Nothing())
        : new Nothing();
  }

  /** The type of an array's elements, as NumPy writes it. */
  private record ElementType(String word) implements PickleValue.Made {}

  /** An array that has no content yet. */
  private record EmptyArray() implements PickleValue.Made {}

  /**
   * An array of bytes in C's order.
   *
   * @param elements a character each
   */
  private record Bytes(List<PickleValue> shape, String elements) implements PickleValue.Made {}

  /** What an array of NumPy is made with. */
  private static final class Numpy implements PickleFunctions {
    private static final String ARRAY = "numpy.core.multiarray._reconstruct";
    private static final String TYPE = "numpy.dtype";

    @Override
    public boolean knows(String name) {
      return Set.of(ARRAY, TYPE, "numpy.ndarray").contains(name);
    }

    @Override
    public String expected() {
      return "no array: expected what CIFAR's files are made of";
    }

    @Override
    public Optional<PickleValue> call(String name, List<PickleValue> arguments) {
      if (name.equals(ARRAY)) {
        return Optional.of(new EmptyArray());
      }
      return name.equals(TYPE) && !arguments.isEmpty() && arguments.get(0) instanceof Text word
          ? Optional.of(new ElementType(word.value()))
          : Optional.empty();
    }

    /** (version, shape, type, whether in Fortran's order, elements) */
    @Override
    public PickleValue withState(PickleValue value, PickleValue state) {
      return value instanceof EmptyArray
              && state instanceof Sequence array
              && array.items().size() == 5
              && array.items().get(1) instanceof Sequence shape
              && array.items().get(2).equals(new ElementType("u1"))
              && array.items().get(3).equals(new Whole(0))
              && array.items().get(4) instanceof Text elements
          ? new Bytes(shape.items(), elements.value())
          : value;
    }
  }
}
