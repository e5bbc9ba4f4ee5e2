package org.convoy.artifact.weights;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.weights.PickleValue.Dictionary;
import org.convoy.artifact.weights.PickleValue.Name;
import org.convoy.artifact.weights.PickleValue.Nothing;
import org.convoy.artifact.weights.PickleValue.Real;
import org.convoy.artifact.weights.PickleValue.Sequence;
import org.convoy.artifact.weights.PickleValue.Storage;
import org.convoy.artifact.weights.PickleValue.Text;
import org.convoy.artifact.weights.PickleValue.Whole;

/**
 * Reads the pickle of a PyTorch file as data. A pickle is a program for a stack machine. This
 * machine knows the opcodes that build numbers, strings, lists, dictionaries and tensors, and
 * refuses all others. Of Python's functions it knows the names of those that rebuild tensors
 * ({@link TorchNames}); another name is refused, and none is ever called.
 *
 * <p>Source: the opcodes as Python's {@code pickletools} documents them, protocols 2 to 5.
 */
final class PickleReader {
  private static final int MOST_MEMO = 1 << 22;

  private final String file;
  private final DataInputStream in;
  private final int length;
  private List<PickleValue> stack = new ArrayList<>();
  private final List<List<PickleValue>> marks = new ArrayList<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();

  private PickleReader(byte[] pickle, String file) {
    this.file = file;
    this.in = new DataInputStream(new ByteArrayInputStream(pickle));
    this.length = pickle.length;
  }

  /**
   * Reads a whole pickle.
   *
   * @param file name of the file in messages
   * @throws DamagedFileException naming what is not known, or where the pickle is broken
   */
  static PickleValue read(byte[] pickle, String file) throws DamagedFileException {
    PickleReader reader = new PickleReader(pickle, file);
    try {
      return reader.run();
    } catch (EOFException e) {
      throw reader.damaged("an opcode STOP", "the end");
    } catch (IndexOutOfBoundsException e) {
      throw reader.damaged("a value on the stack", "none");
    } catch (DamagedFileException e) {
      throw e;
    } catch (IOException e) {
      throw reader.damaged("opcodes", String.valueOf(e.getMessage()));
    }
  }

  private PickleValue run() throws IOException {
    for (int opcode = in.readUnsignedByte(); opcode != '.'; opcode = in.readUnsignedByte()) {
      step(opcode);
    }
    return pop();
  }

  private void step(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> in.readUnsignedByte(); // PROTO
      case 0x95 -> in.readLong(); // FRAME
      case '(' -> mark();
      case 'N' -> push(new Nothing());
      case 0x88 -> push(new Whole(1)); // NEWTRUE
      case 0x89 -> push(new Whole(0)); // NEWFALSE
      case 'K' -> push(new Whole(in.readUnsignedByte())); // BININT1
      case 'M' -> push(new Whole(Short.toUnsignedInt(Short.reverseBytes(in.readShort()))));
      case 'J' -> push(new Whole(int32())); // BININT
      case 0x8a -> push(new Whole(long1()));
      case 'G' -> push(new Real(in.readDouble())); // BINFLOAT, big-endian
      case 'X', 'T' -> push(new Text(text(Integer.toUnsignedLong(int32())))); // BINUNICODE
      case 0x8c, 'U' -> push(new Text(text(in.readUnsignedByte()))); // SHORT_BINUNICODE
      case 0x8d -> push(new Text(text(Long.reverseBytes(in.readLong())))); // BINUNICODE8
      case '}' -> push(new Dictionary());
      case ']', ')' -> push(new Sequence());
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 't' -> push(new Sequence(popToMark()));
      case 'l' -> push(new Sequence(popToMark()));
      case 'd' -> dictionary();
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(popToMark());
      case 's' -> set(List.of(stack.remove(stack.size() - 2), pop()));
      case 'u' -> set(popToMark());
      case '0' -> pop();
      case 'q' -> remember(in.readUnsignedByte()); // BINPUT
      case 'r' -> remember(int32()); // LONG_BINPUT
      case 0x94 -> remember(memo.size()); // MEMOIZE
      case 'h' -> push(recall(in.readUnsignedByte())); // BINGET
      case 'j' -> push(recall(int32())); // LONG_BINGET
      case 'c' -> push(name(line(), line())); // GLOBAL
      case 0x93 -> stackGlobal();
      case 'Q' -> push(storage(pop())); // BINPERSID
      case 'R' -> reduce();
      case 'b' -> pop(); // BUILD: attributes of a state dictionary, which hold no tensors
      default ->
          throw damaged(
              "only what tensors are made of",
              "opcode 0x" + HexFormat.of().toHexDigits((byte) opcode));
    }
  }

  private void push(PickleValue value) {
    stack.add(value);
  }

  private PickleValue pop() {
    return stack.remove(stack.size() - 1);
  }

  private PickleValue top() {
    return stack.get(stack.size() - 1);
  }

  private void mark() {
    marks.add(stack);
    stack = new ArrayList<>();
  }

  private List<PickleValue> popToMark() {
    List<PickleValue> above = stack;
    stack = marks.remove(marks.size() - 1);
    return above;
  }

  private void tuple(int size) {
    List<PickleValue> last = stack.subList(stack.size() - size, stack.size());
    List<PickleValue> items = new ArrayList<>(last);
    last.clear();
    push(new Sequence(items));
  }

  private void dictionary() throws DamagedFileException {
    List<PickleValue> items = popToMark();
    push(new Dictionary());
    set(items);
  }

  private void append(List<PickleValue> items) throws DamagedFileException {
    if (!(top() instanceof Sequence list)) {
      throw damaged("a list to append to", top().getClass().getSimpleName());
    }
    list.items().addAll(items);
  }

  private void set(List<PickleValue> pairs) throws DamagedFileException {
    if (!(top() instanceof Dictionary dictionary) || pairs.size() % 2 != 0) {
      throw damaged("a dictionary and pairs", top().getClass().getSimpleName());
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      dictionary.entries().put(pairs.get(i), pairs.get(i + 1));
    }
  }

  private void remember(int place) throws DamagedFileException {
    if (place < 0 || place > MOST_MEMO) {
      throw damaged("a place of the memo up to " + MOST_MEMO, place);
    }
    memo.put(place, top());
  }

  private PickleValue recall(int place) throws DamagedFileException {
    PickleValue value = memo.get(place);
    if (value == null) {
      throw damaged("a value in place " + place + " of the memo", "none");
    }
    return value;
  }

  private Name name(String module, String name) throws DamagedFileException {
    String full = module + "." + name;
    if (!TorchNames.known(full)) {
      throw new DamagedFileException(
          file,
          "the pickle refers to '"
              + full
              + "', which is no tensor: expected a file of tensors alone (in Python:"
              + " torch.save(model.state_dict(), ...))");
    }
    return new Name(full);
  }

  private void stackGlobal() throws DamagedFileException {
    PickleValue name = pop();
    PickleValue module = pop();
    if (!(name instanceof Text last) || !(module instanceof Text first)) {
      throw damaged("the name of a function", "other values");
    }
    push(name(first.value(), last.value()));
  }

  /** ('storage', class, key, place, elements) */
  private Storage storage(PickleValue id) throws DamagedFileException {
    if (id instanceof Sequence tuple
        && tuple.items().size() == 5
        && tuple.items().get(1) instanceof Name type
        && tuple.items().get(2) instanceof Text key
        && tuple.items().get(4) instanceof Whole elements) {
      return new Storage(type.value(), key.value(), elements.value());
    }
    throw damaged("the class, key and size of a storage", "other values");
  }

  private void reduce() throws DamagedFileException {
    PickleValue arguments = pop();
    PickleValue function = pop();
    if (!(function instanceof Name name) || !(arguments instanceof Sequence values)) {
      throw damaged("a function and its arguments", "other values");
    }
    push(
        TorchNames.rebuild(name.value(), values.items())
            .orElseThrow(() -> damaged("the arguments of " + name.value(), "others")));
  }

  private int int32() throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  private long long1() throws IOException {
    int bytes = in.readUnsignedByte();
    if (bytes > Long.BYTES) {
      throw damaged("whole numbers of up to 8 bytes", bytes + " bytes");
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) in.readUnsignedByte() << (8 * i);
    }
    int unused = Long.SIZE - 8 * bytes;
    return bytes == 0 ? 0 : value << unused >> unused;
  }

  private String text(long bytes) throws IOException {
    if (bytes < 0 || bytes > in.available()) {
      throw damaged("a string within the pickle", bytes + " bytes");
    }
    return new String(in.readNBytes((int) bytes), StandardCharsets.UTF_8);
  }

  /** Text up to the end of the line. */
  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      text.append((char) c);
    }
    return text.toString();
  }

  private DamagedFileException damaged(String expected, Object got) {
    int at;
    try {
      at = length - in.available();
    } catch (IOException e) {
      at = -1;
    }
    return new DamagedFileException(file, "pickle, byte " + at, expected, got);
  }
}
