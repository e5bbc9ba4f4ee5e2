package org.convoy.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SafetensorsTest {
  private static final String FILE = "some/weights.safetensors";

  private static byte[] written(Map<String, String> metadata, Tensor... tensors)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, metadata, List.of(tensors));
    assertEquals(out.size(), SafetensorsWriter.bytes(metadata, List.of(tensors)));
    return out.toByteArray();
  }

  private static SafetensorsReader reader(byte[] bytes) throws IOException {
    return SafetensorsReader.open(new ByteArrayInputStream(bytes), FILE, bytes.length);
  }

  /** A file as another program writes it. */
  private static byte[] file(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  @Test
  void bytesFollowTheFormat() throws IOException {
    byte[] got =
        written(
            Map.of("b", "2", "a", "1"),
            Tensor.of("w", Nd4j.createFromArray(new float[][] {{1, -2}})),
            Tensor.of("n", List.of(), Nd4j.createFromArray(7L)));
    String header =
        "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}";
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    byte[] data = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 7, 0, 0, 0, 0, 0, 0, 0};
    assertArrayEquals(file(padded, data), got);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void everyTypeIsReadBackUnchanged(ElementType type) throws IOException {
    INDArray array =
        Nd4j.createFromArray(new float[][] {{1, 0, 1}, {0, 1, 1}}).castTo(type.dataType());
    byte[] bytes = written(Map.of(), Tensor.of("t", array));
    try (SafetensorsReader reader = reader(bytes)) {
      TensorInfo info = reader.tensors().get(0);
      assertEquals(type, info.type());
      assertEquals(List.of(2L, 3L), info.shape());
      INDArray back = Nd4j.create(type.dataType(), 2, 3);
      reader.read(info, back);
      assertEquals(array, back);
    }
  }

  @Test
  void viewsAreWrittenAndFilledInPlace() throws IOException {
    // More than one piece, at odd offsets.
    int n = 200_003;
    INDArray source = Nd4j.arange(0, n + 20).castTo(DataType.FLOAT);
    INDArray view = source.get(NDArrayIndex.interval(7, 7 + n));
    byte[] bytes =
        written(
            Map.of(), Tensor.of("skipped", source), Tensor.of("view", List.of((long) n, 1L), view));
    INDArray target = Nd4j.create(DataType.FLOAT, n + 10);
    target.assign(-1);
    try (SafetensorsReader reader = reader(bytes)) {
      reader.read(reader.tensors().get(1), target.get(NDArrayIndex.interval(3, 3 + n)));
      TensorInfo first = reader.tensors().get(0);
      assertThrows(IllegalStateException.class, () -> reader.read(first, source));
    }
    assertEquals(-1, target.getFloat(2));
    assertEquals(7, target.getFloat(3));
    assertEquals(6 + n, target.getFloat(2 + n));
    assertEquals(-1, target.getFloat(3 + n));
  }

  @Test
  void otherFloatingTypesAreReadAsFloat32() throws IOException {
    INDArray doubles = Nd4j.createFromArray(0.1, -2, 1e300);
    byte[] halves = {0, 0x3c, 1, 0, 0, (byte) 0xfc, (byte) 0xff, 0x7b, 0, (byte) 0x80, 1, 0x7c};
    String header = "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}";
    try (SafetensorsReader reader = reader(file(header, halves))) {
      INDArray floats = Nd4j.create(DataType.FLOAT, 6);
      reader.read(reader.tensors().get(0), floats);
      assertArrayEquals(
          new float[] {1, 0x1p-24f, Float.NEGATIVE_INFINITY, 65504, -0.0f, Float.NaN},
          floats.toFloatVector());
    }
    try (SafetensorsReader reader =
        reader(
            written(
                Map.of(),
                Tensor.of("d", doubles),
                Tensor.of("b", Nd4j.createFromArray(1.5f, -0.25f).castTo(DataType.BFLOAT16))))) {
      INDArray floats = Nd4j.create(DataType.FLOAT, 3);
      reader.read(reader.tensors().get(0), floats);
      assertArrayEquals(new float[] {0.1f, -2, Float.POSITIVE_INFINITY}, floats.toFloatVector());
      INDArray two = Nd4j.create(DataType.FLOAT, 2);
      reader.read(reader.tensors().get(1), two);
      assertArrayEquals(new float[] {1.5f, -0.25f}, two.toFloatVector());
    }
  }

  @Test
  void emptyFilesAndTensors() throws IOException {
    try (SafetensorsReader reader = reader(written(Map.of()))) {
      assertEquals(List.of(), reader.tensors());
    }
    String header = "{\"e\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[0,0]}}   ";
    try (SafetensorsReader reader = reader(file(header))) {
      assertEquals(0, reader.tensors().get(0).elements());
    }
  }

  @Test
  void invalidHeadersAreNamed() {
    assertDamaged("header length", new byte[] {1, 2, 3});
    assertDamaged("header length", file("{}" + " ".repeat(6)).clone(), 0, (byte) 0xff);
    assertDamaged("expected JSON", file("{\"a\":"));
    assertDamaged("a JSON object", file("[]"));
    assertDamaged(
        "tensor a: expected a type of",
        file("{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]));
    assertDamaged(
        "tensor a: expected 8 bytes for F32 [2], got 4",
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", new byte[4]));
    assertDamaged(
        "tensor a: expected first byte 0, got 4",
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", new byte[8]));
    assertDamaged(
        "tensor b: expected first byte 4, got 0",
        file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            new byte[4]));
    assertDamaged(
        "Duplicate field 'a'",
        file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"));
    assertDamaged(
        "tensor a, shape: expected numbers from 0",
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", new byte[4]));
    assertDamaged(
        "2^63",
        file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],"
                + "\"data_offsets\":[0,4]}}",
            new byte[4]));
    assertDamaged(
        "length of the data: expected 4 bytes, got 5",
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[5]));
  }

  @Test
  void filesCutShortAtAnyByteAreRefused() throws IOException {
    byte[] whole =
        written(
            Map.of("k", "v"),
            Tensor.of("first", Nd4j.createFromArray(1f, 2f, 3f)),
            Tensor.of("second", Nd4j.createFromArray(4f, 5f)));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      DamagedFileException e = assertThrows(DamagedFileException.class, () -> reader(cut).close());
      assertEquals(FILE, e.file());
    }
    assertDamaged(
        "tensor second: expected 8 bytes, got 7 before the file ends",
        Arrays.copyOf(whole, whole.length - 1));
    // A stream that ends early although the file system gave the full length.
    byte[] cut = Arrays.copyOf(whole, whole.length - 6);
    try (SafetensorsReader reader =
        SafetensorsReader.open(new ByteArrayInputStream(cut), FILE, whole.length)) {
      TensorInfo second = reader.tensors().get(1);
      INDArray target = Nd4j.create(DataType.FLOAT, 2);
      IOException e = assertThrows(IOException.class, () -> reader.read(second, target));
      assertTrue(
          e.toString().contains(FILE + ": tensor second: expected 8 bytes, got 2"), e::toString);
    }
  }

  @Test
  void aFlippedHeaderBitNeverEscapesAsAnotherException() throws IOException {
    byte[] whole =
        written(Map.of("k", "v"), Tensor.of("first", Nd4j.createFromArray(new float[][] {{1, 2}})));
    int headerBytes = whole.length - 8;
    INDArray target = Nd4j.create(DataType.FLOAT, 2);
    int refused = 0;
    for (int bit = 0; bit < 8 * headerBytes; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try (SafetensorsReader reader = reader(flipped)) {
        reader.read(reader.tensors().get(0), target);
      } catch (DamagedFileException e) {
        refused++;
      }
    }
    assertTrue(refused > 4 * headerBytes, "refused " + refused);
  }

  @Test
  void tensorsThatDoNotFitTheirTargetAreNamed() throws IOException {
    byte[] bytes = written(Map.of(), Tensor.of("t", Nd4j.createFromArray(1L, 2L)));
    try (SafetensorsReader reader = reader(bytes)) {
      TensorInfo info = reader.tensors().get(0);
      INDArray three = Nd4j.create(DataType.LONG, 3);
      INDArray floats = Nd4j.create(DataType.FLOAT, 2);
      assertTrue(
          assertThrows(IOException.class, () -> reader.read(info, three))
              .toString()
              .contains("tensor t: expected 3 elements, got 2"));
      assertTrue(
          assertThrows(IOException.class, () -> reader.read(info, floats))
              .toString()
              .contains("tensor t: expected elements of FLOAT, got I64"));
    }
  }

  @Test
  void unwritableTensorsAreRefused() {
    INDArray columns = Nd4j.create(DataType.FLOAT, 3, 4).transpose();
    assertThrows(IllegalArgumentException.class, () -> Tensor.of("t", columns));
    INDArray flat = Nd4j.create(DataType.FLOAT, 6);
    assertThrows(IllegalArgumentException.class, () -> Tensor.of("t", List.of(2L, 4L), flat));
    Tensor tensor = Tensor.of("t", flat);
    assertThrows(IllegalArgumentException.class, () -> written(Map.of(), tensor, tensor));
    Tensor reserved = Tensor.of("__metadata__", flat);
    assertThrows(IllegalArgumentException.class, () -> written(Map.of(), reserved));
  }

  private static void assertDamaged(String part, byte[] bytes) {
    DamagedFileException e = assertThrows(DamagedFileException.class, () -> reader(bytes).close());
    assertTrue(e.toString().contains(FILE) && e.toString().contains(part), e::toString);
  }

  private static void assertDamaged(String part, byte[] bytes, int at, byte value) {
    bytes[at] = value;
    assertDamaged(part, bytes);
  }
}
