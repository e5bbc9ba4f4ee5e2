package org.convoy.driver.data;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of CIFAR's Python version: a pickled dictionary with an array of bytes and lists of labels
 * and names. A pickle is a program for a stack machine. This machine knows the opcodes of these
 * files (Python's {@code pickletools}, protocol 2), refuses all others, and calls nothing: an array
 * stays the arguments that it would be made of.
 */
final class CifarPickle {
  private static final String ARRAY = "numpy.core.multiarray _reconstruct";
  private static final String TYPE = "numpy dtype";

  private final String file;
  private final DataInputStream in;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** The name of a function or class. */
  private record Name(String text) {}

  /** What a function would return, and the state that it would be given. */
  private static final class Made {
    private final Name function;
    private final List<?> arguments;
    private List<?> state = List.of();

    Made(Name function, List<?> arguments) {
      this.function = function;
      this.arguments = arguments;
    }
  }

  private CifarPickle(String file, byte[] content) {
    this.file = file;
    this.in = new DataInputStream(new ByteArrayInputStream(content));
  }

  /**
   * Reads a file.
   *
   * @param file its name in messages
   * @throws DataSetException if it is something else
   */
  static CifarPickle read(String file, byte[] content) throws DataSetException {
    CifarPickle pickle = new CifarPickle(file, content);
    try {
      for (int code = pickle.in.readUnsignedByte();
          code != '.';
          code = pickle.in.readUnsignedByte()) {
        pickle.step(code);
      }
    } catch (DataSetException e) {
      throw e;
    } catch (IOException
        | IndexOutOfBoundsException
        | ClassCastException
        | NegativeArraySizeException e) {
      throw pickle.damaged("a pickled dictionary", "something else at its end: " + e);
    }
    return pickle;
  }

  /** The error for this file. */
  DataSetException damaged(String expected, String got) {
    return new DataSetException(
        file + " of CIFAR's archive is damaged: expected " + expected + ", got " + got);
  }

  /** The planes of all images, one image after the other. */
  byte[] pixels() throws DataSetException {
    Object found = entry("data");
    if (found instanceof Made array
        && array.function.text().equals(ARRAY)
        && array.state.size() == 5
        && array.state.get(1) instanceof List<?> shape
        && shape.size() == 2
        && shape.get(1).equals((long) CifarFormat.IMAGE_BYTES)
        && array.state.get(2) instanceof Made type
        && type.function.text().equals(TYPE)
        && type.arguments.get(0).equals("u1")
        && array.state.get(3).equals(0L)
        && array.state.get(4) instanceof byte[] bytes
        && shape.get(0).equals((long) bytes.length / CifarFormat.IMAGE_BYTES)) {
      return bytes;
    }
    throw damaged("bytes in rows of " + CifarFormat.IMAGE_BYTES, "another array");
  }

  /** A list of numbers from 0 to 255. */
  byte[] labels(String key) throws DataSetException {
    List<?> list = list(key);
    byte[] labels = new byte[list.size()];
    for (int i = 0; i < labels.length; i++) {
      if (!(list.get(i) instanceof Long label) || label < 0 || label > 255) {
        throw damaged("labels from 0 to 255 as " + key, String.valueOf(list.get(i)));
      }
      labels[i] = label.byteValue();
    }
    return labels;
  }

  /** A list of names. */
  List<String> texts(String key) throws DataSetException {
    List<String> texts = new ArrayList<>();
    for (Object each : list(key)) {
      texts.add(String.valueOf(each));
    }
    return texts;
  }

  private List<?> list(String key) throws DataSetException {
    if (entry(key) instanceof List<?> list) {
      return list;
    }
    throw damaged("a list " + key, "none");
  }

  private @Nullable Object entry(String key) {
    return stack.size() == 1 && stack.get(0) instanceof Map<?, ?> map ? map.get(key) : null;
  }

  private void step(int code) throws IOException {
    switch (code) {
      case 0x80 -> in.readUnsignedByte(); // PROTO
      case '(' -> marks.add(stack.size());
      case 'N' -> push(List.of()); // NONE
      case 0x88 -> push(1L); // NEWTRUE
      case 0x89 -> push(0L); // NEWFALSE
      case 'K' -> push((long) in.readUnsignedByte()); // BININT1
      case 'M' -> push((long) Short.toUnsignedInt(Short.reverseBytes(in.readShort()))); // BININT2
      case 'J' -> push((long) Integer.reverseBytes(in.readInt())); // BININT
      case 'U' -> push(text(in.readUnsignedByte())); // SHORT_BINSTRING
      case 'X' -> push(text(Integer.reverseBytes(in.readInt()))); // BINUNICODE
      case 'T' -> push(bytes(Integer.reverseBytes(in.readInt()))); // BINSTRING
      case '}' -> push(new HashMap<String, Object>()); // EMPTY_DICT
      case ']' -> push(new ArrayList<>()); // EMPTY_LIST
      case 0x85 -> push(top(1)); // TUPLE1
      case 0x86 -> push(top(2)); // TUPLE2
      case 0x87 -> push(top(3)); // TUPLE3
      case 't' -> push(toMark()); // TUPLE
      case 'a' -> append(top(1)); // APPEND
      case 'e' -> append(toMark()); // APPENDS
      case 's' -> put(top(2)); // SETITEM
      case 'u' -> put(toMark()); // SETITEMS
      case 'q' -> memo.put(in.readUnsignedByte(), last()); // BINPUT
      case 'r' -> memo.put(Integer.reverseBytes(in.readInt()), last()); // LONG_BINPUT
      case 'h' -> push(recall(in.readUnsignedByte())); // BINGET
      case 'j' -> push(recall(Integer.reverseBytes(in.readInt()))); // LONG_BINGET
      case 'c' -> push(new Name(line() + " " + line())); // GLOBAL
      case 'R' -> make(top(2)); // REDUCE
      case 'b' -> build(top(1)); // BUILD
      default ->
          throw damaged(
              "what CIFAR's files are made of",
              "the opcode 0x" + HexFormat.of().toHexDigits((byte) code));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object last() {
    return stack.get(stack.size() - 1);
  }

  private Object recall(int number) throws DataSetException {
    Object value = memo.get(number);
    if (value == null) {
      throw damaged("a value remembered as " + number, "none");
    }
    return value;
  }

  private List<Object> top(int count) {
    List<Object> end = stack.subList(stack.size() - count, stack.size());
    List<Object> taken = new ArrayList<>(end);
    end.clear();
    return taken;
  }

  private List<Object> toMark() {
    return top(stack.size() - marks.remove(marks.size() - 1));
  }

  @SuppressWarnings("unchecked") // Only this class makes lists.
  private void append(List<Object> values) {
    ((List<Object>) last()).addAll(values);
  }

  @SuppressWarnings("unchecked") // Only this class makes dictionaries.
  private void put(List<Object> pairs) {
    Map<String, Object> map = (Map<String, Object>) last();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      map.put(String.valueOf(pairs.get(i)), pairs.get(i + 1));
    }
  }

  private void make(List<Object> call) {
    push(new Made((Name) call.get(0), (List<?>) call.get(1)));
  }

  private void build(List<Object> state) {
    ((Made) last()).state = (List<?>) state.get(0);
  }

  private byte[] bytes(int length) throws IOException {
    if (length < 0 || length > in.available()) {
      throw damaged(length + " bytes", in.available() + " to the end");
    }
    return in.readNBytes(length);
  }

  private String text(int length) throws IOException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int letter = in.readUnsignedByte(); letter != '\n'; letter = in.readUnsignedByte()) {
      line.append((char) letter);
    }
    return line.toString();
  }
}
