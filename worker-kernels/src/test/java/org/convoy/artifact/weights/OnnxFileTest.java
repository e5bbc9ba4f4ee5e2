package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import onnx.Onnx;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;

class OnnxFileTest {
  private static final byte[] HALVES = {0x00, 0x3c, 0x00, (byte) 0xc0}; // 1 and -2
  private static final byte[] BRAIN_HALVES = {(byte) 0x80, 0x3f, 0x00, (byte) 0xc0};

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private LocalStore store;

  @BeforeEach
  void within() {
    store = new LocalStore(folder);
  }

  /** A network that was exported begins where it ended, name by name. */
  @Test
  void anExportIsReadBack() throws IOException {
    Graph graph = Models.get("mobilenet_v3_small").build(Shape.of(3, 32, 32), 5);
    INDArray weights = Parameters.of(graph).initialize(4, DataType.FLOAT);
    SavedModel saved =
        new SavedModel(
            graph,
            weights,
            IntStream.range(0, 5).mapToObj(i -> "class " + i).toList(),
            new ObjectMapper().createObjectNode(),
            new ModelManifest.Origin("", "test", "", Map.of()));
    ArtifactFormats.get("onnx").write(saved, ExportOptions.PLAIN, store, "model.onnx");
    try (TensorFile file = WeightFiles.open(store, "model.onnx")) {
      assertEquals("an ONNX file", file.format());
      assertEquals(saved.weightsSha256(), file.metadata().get("weights_sha256"));
      assertEquals(
          Parameters.of(graph).all().stream().map(parameter -> parameter.name()).toList(),
          file.entries().stream().map(TensorFile.Entry::name).toList());
      WeightImport taken = WeightImport.of(file, graph, Set.of());
      assertTrue(taken.missing().isEmpty() && taken.extra().isEmpty(), "every tensor has its name");
      INDArray back = Nd4j.create(DataType.FLOAT, weights.length());
      taken.copyTo(back);
      assertArrayEquals(weights.toFloatVector(), back.toFloatVector());
    }
  }

  @Test
  void everyFloatingPointTypeIsRead() throws IOException {
    write(
        tensor("raw", 1, 2)
            .setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40})),
        tensor("listed", 1, 2).addFloatData(3).addFloatData(4),
        tensor("doubles", 11, 2).addDoubleData(0.5).addDoubleData(-1),
        tensor("halves", 10, 2).setRawData(ByteString.copyFrom(HALVES)),
        tensor("brain", 16, 2).setRawData(ByteString.copyFrom(BRAIN_HALVES)),
        tensor("whole", 7, 1).addInt64Data(9));
    try (TensorFile file = WeightFiles.open(store, "file")) {
      List<TensorFile.Entry> entries = file.entries();
      assertEquals(5, entries.size(), "whole numbers are no weights");
      float[][] expected = {{1, 2}, {3, 4}, {0.5f, -1}, {1, -2}, {1, -2}};
      for (int i = entries.size() - 1; i >= 0; i--) { // backwards, which the reader must bear
        INDArray values = Nd4j.create(DataType.FLOAT, 2);
        file.read(entries.get(i), values);
        assertArrayEquals(expected[i], values.toFloatVector(), entries.get(i).name());
      }
    }
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    write(tensor("fc.weight", 1, 2).setRawData(ByteString.copyFrom(new byte[7])));
    assertRefused("tensor fc.weight", "8 bytes for shape [2]");
    write(
        tensor("fc.weight", 1, 2)
            .addExternalData(
                Onnx.StringStringEntryProto.newBuilder().setKey("location").setValue("w")));
    assertRefused("tensor fc.weight", "a reference to another file");
    write(tensor("fc.weight", 1, Long.MAX_VALUE).addDims(9));
    assertRefused("tensor fc.weight", "a shape of less than 2^63");
    write(tensor("a", 1, 1).addFloatData(1), tensor("a", 1, 1).addFloatData(1));
    assertRefused("tensor a", "one tensor of this name");
    write(tensor("a", 1, 1).addFloatData(1));
    byte[] bytes = Files.readAllBytes(folder.resolve("file"));
    Files.write(folder.resolve("file"), Arrays.copyOf(bytes, bytes.length - 3));
    assertRefused("an ONNX model");
  }

  private void assertRefused(String... parts) {
    DamagedFileException refused =
        assertThrows(DamagedFileException.class, () -> WeightFiles.open(store, "file").close());
    for (String part : parts) {
      assertTrue(refused.toString().contains(part), refused::toString);
    }
    assertTrue(refused.toString().contains(folder.resolve("file").toString()), refused::toString);
  }

  private static Onnx.TensorProto.Builder tensor(String name, int type, long extent) {
    return Onnx.TensorProto.newBuilder().setName(name).setDataType(type).addDims(extent);
  }

  private void write(Onnx.TensorProto.Builder... tensors) throws IOException {
    Onnx.GraphProto.Builder graph = Onnx.GraphProto.newBuilder();
    for (Onnx.TensorProto.Builder tensor : tensors) {
      graph.addInitializer(tensor);
    }
    byte[] bytes =
        Onnx.ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
    Files.write(folder.resolve("file"), bytes);
  }
}
