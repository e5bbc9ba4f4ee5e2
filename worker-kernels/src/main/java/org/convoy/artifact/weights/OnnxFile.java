package org.convoy.artifact.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.convoy.artifact.ArrayMemory;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.ElementType;
import org.convoy.artifact.Widening;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * The floating-point initializers of an ONNX model. The file is a protocol buffer; the messages are
 * walked without being built, and only the place of each tensor's elements is kept. What the graph
 * computes is not looked at.
 */
final class OnnxFile implements TensorFile {
  // Numbers of fields in onnx.proto.
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_METADATA = 14;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_FLOATS = 4;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW = 9;
  private static final int TENSOR_DOUBLES = 10;
  private static final int TENSOR_EXTERNAL = 13;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  private static final int MOST_DIMENSIONS = 16;
  private static final int MOST_TEXT_BYTES = 16 << 20;
  private static final int PIECE = 1 << 16;

  /** Where a tensor's elements lie in the file. */
  private record Placed(ElementType type, List<Long> shape, long offset) {}

  private final StoreChannel channel;
  private final String file;
  private final Map<String, Placed> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  OnnxFile(ArtifactStore store, String path) throws IOException {
    this.file = store.describe(path);
    try (InputStream in = store.open(path)) {
      CodedInputStream message = CodedInputStream.newInstance(in);
      message.setSizeLimit(Integer.MAX_VALUE);
      model(message);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedFileException(
          file, "content", "an ONNX model", String.valueOf(e.getMessage()));
    }
    this.channel = new StoreChannel(store, path);
  }

  /** Whether a file may be a model: its first field is the version of the format. */
  static boolean begins(byte[] start) {
    return start.length > 2 && start[0] == 8 && start[1] >= 1 && start[1] < 64;
  }

  private void model(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (field(tag, MODEL_GRAPH, MODEL_METADATA)) {
        case MODEL_GRAPH -> within(in, this::graph);
        case MODEL_METADATA -> within(in, this::entry);
        default -> in.skipField(tag);
      }
    }
  }

  private void graph(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (field(tag, GRAPH_INITIALIZER) == GRAPH_INITIALIZER) {
        within(in, this::tensor);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void entry(CodedInputStream in) throws IOException {
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (field(tag, ENTRY_KEY, ENTRY_VALUE)) {
        case ENTRY_KEY -> key = text(in);
        case ENTRY_VALUE -> value = text(in);
        default -> in.skipField(tag);
      }
    }
    metadata.put(key, value);
  }

  private void tensor(CodedInputStream in) throws IOException {
    List<Long> shape = new ArrayList<>();
    int type = 0;
    String name = "";
    boolean external = false;
    long offset = -1;
    long bytes = -1;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (number == TENSOR_DIMS && delimited) {
        within(in, packed -> dimensions(packed, shape));
      } else if (number == TENSOR_DIMS) {
        shape.add(in.readInt64());
      } else if (number == TENSOR_TYPE && !delimited) {
        type = in.readInt32();
      } else if (number == TENSOR_NAME && delimited) {
        name = text(in);
      } else if (delimited
          && (number == TENSOR_RAW || number == TENSOR_FLOATS || number == TENSOR_DOUBLES)) {
        bytes = in.readUInt32();
        offset = in.getTotalBytesRead();
        in.skipRawBytes((int) bytes);
      } else {
        external |= number == TENSOR_EXTERNAL;
        in.skipField(tag);
      }
      if (shape.size() > MOST_DIMENSIONS) {
        throw damaged(name, "at most " + MOST_DIMENSIONS + " dimensions", "more");
      }
    }
    ElementType elements = elements(type);
    if (elements == null) {
      return;
    }
    if (external) {
      throw damaged(name, "its elements in this file", "a reference to another file");
    }
    place(name, elements, shape, offset, bytes);
  }

  private void place(String name, ElementType type, List<Long> shape, long offset, long bytes)
      throws DamagedFileException {
    long expected;
    try {
      expected = shape.stream().mapToLong(n -> n).reduce(type.bytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw damaged(name, "a shape of less than 2^63", shape);
    }
    if (shape.stream().anyMatch(extent -> extent < 0)) {
      throw damaged(name, "a shape", shape);
    }
    if (expected != Math.max(bytes, 0)) {
      throw damaged(
          name, expected + " bytes for shape " + shape + " of " + type, Math.max(bytes, 0));
    }
    if (tensors.put(name, new Placed(type, List.copyOf(shape), offset)) != null) {
      throw damaged(name, "one tensor of this name", "two");
    }
  }

  private static void dimensions(CodedInputStream in, List<Long> shape) throws IOException {
    while (!in.isAtEnd() && shape.size() <= MOST_DIMENSIONS) {
      shape.add(in.readInt64());
    }
    in.skipRawBytes(in.getBytesUntilLimit());
  }

  /** The floating-point type of this number in onnx.proto; null for all others. */
  private static @Nullable ElementType elements(int type) {
    return switch (type) {
      case 1 -> ElementType.F32;
      case 10 -> ElementType.F16;
      case 11 -> ElementType.F64;
      case 16 -> ElementType.BF16;
      default -> null;
    };
  }

  /** The field's number if it is one of these and has a length; else 0. */
  private static int field(int tag, int... numbers) {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      for (int number : numbers) {
        if (number == WireFormat.getTagFieldNumber(tag)) {
          return number;
        }
      }
    }
    return 0;
  }

  /** Reads one message. */
  @FunctionalInterface
  private interface Message {
    void read(CodedInputStream in) throws IOException;
  }

  private void within(CodedInputStream in, Message message) throws IOException {
    int outer = in.pushLimit(in.readUInt32());
    message.read(in);
    if (in.getBytesUntilLimit() != 0) {
      throw new DamagedFileException(
          file, "content", "an ONNX model", "a file that ends within it");
    }
    in.popLimit(outer);
  }

  private String text(CodedInputStream in) throws IOException {
    int bytes = in.readUInt32();
    if (bytes < 0 || bytes > MOST_TEXT_BYTES) {
      throw new DamagedFileException(
          file, "text", "at most " + MOST_TEXT_BYTES + " bytes", Integer.toUnsignedString(bytes));
    }
    return new String(in.readRawBytes(bytes), StandardCharsets.UTF_8);
  }

  private DamagedFileException damaged(String name, Object expected, Object got) {
    return new DamagedFileException(file, "tensor " + name, expected, got);
  }

  @Override
  public String format() {
    return "an ONNX file";
  }

  @Override
  public List<Entry> entries() {
    return tensors.entrySet().stream()
        .map(each -> new Entry(each.getKey(), each.getValue().shape()))
        .toList();
  }

  @Override
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  @Override
  public void read(Entry entry, INDArray target) throws IOException {
    Placed tensor = Objects.requireNonNull(tensors.get(entry.name()));
    FloatBuffer floats = ArrayMemory.floats(target);
    channel.position(tensor.offset());
    long bytes = (long) floats.remaining() * tensor.type().bytes();
    for (long done = 0; done < bytes; ) {
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, bytes - done));
      while (piece.hasRemaining()) {
        if (channel.read(piece) < 0) {
          throw damaged(entry.name(), bytes + " bytes", done + piece.position());
        }
      }
      Widening.toFloats(tensor.type(), piece.flip(), floats);
      done += piece.limit();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
