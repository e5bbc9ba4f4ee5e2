package org.convoy.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.convoy.pickle.PickleValue.Dictionary;
import org.convoy.pickle.PickleValue.Name;
import org.convoy.pickle.PickleValue.Nothing;
import org.convoy.pickle.PickleValue.Real;
import org.convoy.pickle.PickleValue.Sequence;
import org.convoy.pickle.PickleValue.Text;
import org.convoy.pickle.PickleValue.Whole;

/**
 * Reads a pickle.
 *
 * <p>Source: the opcodes as Python's {@code pickletools} documents them, protocols 2 to 5.
 */
public final class PickleReader {
  private static final int MOST_MEMO = 1 << 22;

  private final PickleFunctions functions;
  private final DataInputStream in;
  private final int length;
  private List<PickleValue> stack = new ArrayList<>();
  private final List<List<PickleValue>> marks = new ArrayList<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();

  private PickleReader(byte[] pickle, PickleFunctions functions) {
    this.functions = functions;
    this.in = new DataInputStream(new ByteArrayInputStream(pickle));
    this.length = pickle.length;
  }

  /**
   * Reads a whole pickle.
   *
   * @throws PickleException naming what is not known, or where the pickle is broken
   */
  public static PickleValue read(byte[] pickle, PickleFunctions functions) throws PickleException {
    PickleReader reader = new PickleReader(pickle, functions);
    try {
      return reader.run();
    } catch (EOFException e) {
      throw reader.damaged("an opcode STOP", "the end");
    } catch (IndexOutOfBoundsException e) {
      throw reader.damaged("a value on the stack", "none");
    } catch (PickleException e) {
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
      case 'X' -> push(new Text(text(Integer.toUnsignedLong(int32()), UTF_8))); // BINUNICODE
      case 0x8c -> push(new Text(text(in.readUnsignedByte(), UTF_8))); // SHORT_BINUNICODE
      case 'T' -> push(new Text(text(int32(), ISO_8859_1))); // BINSTRING
      case 'U' -> push(new Text(text(in.readUnsignedByte(), ISO_8859_1))); // SHORT_BINSTRING
      case 0x8d -> push(new Text(text(Long.reverseBytes(in.readLong()), UTF_8))); // BINUNICODE8
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
      case 'Q' -> push(outside(pop())); // BINPERSID
      case 'R' -> reduce();
      case 'b' -> build();
      default ->
          throw damaged(
              "an opcode that builds data",
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

  private void dictionary() throws PickleException {
    List<PickleValue> items = popToMark();
    push(new Dictionary());
    set(items);
  }

  private void append(List<PickleValue> items) throws PickleException {
    if (!(top() instanceof Sequence list)) {
      throw damaged("a list to append to", top().getClass().getSimpleName());
    }
    list.items().addAll(items);
  }

  private void set(List<PickleValue> pairs) throws PickleException {
    if (!(top() instanceof Dictionary dictionary) || pairs.size() % 2 != 0) {
      throw damaged("a dictionary and pairs", top().getClass().getSimpleName());
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      dictionary.entries().put(pairs.get(i), pairs.get(i + 1));
    }
  }

  private void remember(int place) throws PickleException {
    if (place < 0 || place > MOST_MEMO) {
      throw damaged("a place of the memo up to " + MOST_MEMO, place);
    }
    memo.put(place, top());
  }

  private PickleValue recall(int place) throws PickleException {
    PickleValue value = memo.get(place);
    if (value == null) {
      throw damaged("a value in place " + place + " of the memo", "none");
    }
    return value;
  }

  private Name name(String module, String name) throws PickleException {
    String full = module + "." + name;
    if (!functions.knows(full)) {
      throw new PickleException(
          "the pickle refers to '" + full + "', which is " + functions.expected());
    }
    return new Name(full);
  }

  private void stackGlobal() throws PickleException {
    PickleValue name = pop();
    PickleValue module = pop();
    if (!(name instanceof Text last) || !(module instanceof Text first)) {
      throw damaged("the name of a function", "other values");
    }
    push(name(first.value(), last.value()));
  }

  private PickleValue outside(PickleValue id) throws PickleException {
    return functions
        .outside(id)
        .orElseThrow(() -> damaged("what is known of an object outside", "other values"));
  }

  private void build() {
    PickleValue state = pop();
    push(functions.withState(pop(), state));
  }

  private void reduce() throws PickleException {
    PickleValue arguments = pop();
    PickleValue function = pop();
    if (!(function instanceof Name name) || !(arguments instanceof Sequence values)) {
      throw damaged("a function and its arguments", "other values");
    }
    push(
        functions
            .call(name.value(), values.items())
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

  private String text(long bytes, Charset charset) throws IOException {
    if (bytes < 0 || bytes > in.available()) {
      throw damaged("a string within the pickle", bytes + " bytes");
    }
    return new String(in.readNBytes((int) bytes), charset);
  }

  /** Text up to the end of the line. */
  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      text.append((char) c);
    }
    return text.toString();
  }

  private PickleException damaged(String expected, Object got) {
    int at;
    try {
      at = length - in.available();
    } catch (IOException e) {
      at = -1;
    }
    return new PickleException(
        "the pickle, byte " + at + ": expected " + expected + ", got " + got);
  }
}
